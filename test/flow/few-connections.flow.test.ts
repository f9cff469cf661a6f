import { expect, inject, it, onTestFinished } from "vitest";
import { onServer, urlOf } from "../support/postgres.ts";
import { openWorld } from "../support/world.ts";

it("a worker works with a role that is limited to 10 connections, and with 5 it says what it needs", async () => {
  const [server, name] = [inject("postgresUrl"), `few_${crypto.randomUUID().slice(0, 8)}`];
  await onServer(
    server,
    `create role ${name} login password 'few' connection limit 10`,
    `create database ${name} owner ${name}`,
  );
  onTestFinished(() => onServer(server, `drop database ${name} with (force)`, `drop role ${name}`));
  const databaseUrl = Object.assign(new URL(urlOf(server, name)), { username: name, password: "few" }).href;
  const world = await openWorld({ databaseUrl, redisUrl: null, env: { CAMPAIGNS_CRON: "0 3 29 2 *" } });
  const worker = await world.workerHere();
  await world.waitForRun();
  await worker.stop();

  await onServer(server, `alter role ${name} connection limit 5`);
  const { code, stderr } = await world.run(["start"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /A worker needs 7 connections to Postgres \(4 with REDIS_URL\), and \d of the 5 that the role/,
  );
  expect(stderr).not.toMatch(/unexpected error|\n\s+at /);
}, 120_000);
