import { expect, inject, it, onTestFinished } from "vitest";
import { applyMigrations, pendingMigrations } from "../../src/database/migrations/migrations.ts";
import { onServer, urlOf } from "../support/postgres.ts";

/** A database in which a role may create tables and no schema. */
async function openTight() {
  const server = inject("postgresUrl");
  const name = `tight_${crypto.randomUUID().slice(0, 8)}`;
  await onServer(server, `create role ${name} login password 'few'`, `create database ${name}`);
  onTestFinished(() => onServer(server, `drop database ${name} with (force)`, `drop role ${name}`));
  const admin = urlOf(server, name);
  await onServer(admin, `grant create on schema public to ${name}`);
  return { name, admin, url: Object.assign(new URL(admin), { username: name, password: "few" }).href };
}

it("a role that may create no schema reads what to grant before anything is written", async () => {
  const { name, admin, url } = await openTight();
  const refused = {
    code: "database_rights",
    message: expect.stringContaining(`CREATE SCHEMA report AUTHORIZATION ${name}`),
  };
  await expect(pendingMigrations({ url })).rejects.toMatchObject(refused);
  await expect(applyMigrations({ url })).rejects.toMatchObject(refused);
  // A schema that is another's is of no use.
  await onServer(admin, "create schema report", "create schema report_people");
  await expect(applyMigrations({ url })).rejects.toMatchObject(refused);
  await onServer(admin, `alter schema report owner to ${name}`, `alter schema report_people owner to ${name}`);
  expect((await applyMigrations({ url })).already).toEqual([]);
  await onServer(
    admin,
    "alter schema report owner to current_user",
    "alter schema report_people owner to current_user",
  );
  expect(await pendingMigrations({ url })).toEqual([]);
});

it("a role that may create schemas in the database needs none beforehand", async () => {
  const { name, admin, url } = await openTight();
  await onServer(admin, `grant create on database ${name} to ${name}`);
  expect((await applyMigrations({ url })).applied.length).toBeGreaterThan(10);
});
