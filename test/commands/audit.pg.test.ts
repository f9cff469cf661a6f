import { expect, it } from "vitest";
import { holdAll, releaseAll } from "../../src/outbox/operations/hold.ts";
import { because } from "../support/decider.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld } from "../support/world.ts";

async function decided() {
  const world = await openWorld();
  const store = { database: world.database, account: world.account, by: because("a look"), enqueue: async () => {} };
  await holdAll(store, "stop");
  await releaseAll(store);
  return world;
}

it("audit verify exits with 0 and prints a head, with which it later finds that decisions are gone from the end", async () => {
  const world = await decided();
  const { code, stdout } = await world.run(["audit", "verify"]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/written: 2 decisions/) });
  const head = /Head: (\w{64})/.exec(stdout)?.[1] ?? "";
  expect(await world.run(["audit", "verify", "--expect", head.toUpperCase()])).toMatchObject({ code: 0 });
  await world.database.$transaction([
    world.database.$executeRaw`set local session_replication_role = replica`,
    world.database.$executeRaw`delete from public.audit where id = (select max(id) from public.audit)`,
  ]);
  const tampered = await world.run(["audit", "verify"]);
  expect(tampered).toMatchObject({ code: 1, stdout: expect.stringMatching(/tampered .* decision 2: it was removed/) });
  await world.database.$transaction([
    world.database.$executeRaw`set local session_replication_role = replica`,
    world.database.$executeRaw`delete from public.audit_chain where position = 2`,
  ]);
  const cut = await world.run(["audit", "verify"]);
  expect((await world.run(["audit", "verify"], { LANGUAGE: "fr" })).stdout).toMatch(
    /altéré\. En premier à la décision 2 : elle était la dernière/,
  );
  expect(cut).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/decision 2: it was the last one at an earlier check/),
  });
  // Whoever removes what the last check noted, too, is found by the head that was kept elsewhere alone.
  await world.database.auditCheck.deleteMany();
  expect(await world.run(["audit", "verify"])).toMatchObject({ code: 0 });
  expect(await world.run(["audit", "verify"], { LANGUAGE: "fr" })).toMatchObject({
    stdout: expect.stringMatching(
      /^Le journal des décisions du compte .* est tel qu'il a été écrit : 1 décision\.\nTête : \w{64}\n/,
    ),
  });
  const gone = await world.run(["audit", "verify", "--expect", head]);
  expect(gone).toMatchObject({ code: 1, stdout: expect.stringMatching(/decisions were removed/) });
  expect(await world.run(["audit", "verify", "--expect", "abc"])).toMatchObject({ code: 2 });
});

it("audit list shows decisions by what they are, about what, and by whom", async () => {
  const world = await decided();
  const all = await world.run(["audit", "list"], { LANGUAGE: "fr" });
  expect(all.stdout).toMatch(/^décision +quand +quoi +à propos de +qui +depuis +motif\n/);
  expect(all.stdout).toMatch(/Arrêt d'urgence levé.*commande +a look[^]*Arrêt d'urgence activé/);
  const one = await world.run(["audit", "list", "--what", "kill_switch_on", "--json"]);
  expect(JSON.parse(one.stdout)).toMatchObject({ decisions: [{ id: "1", what: "kill_switch_on", source: "command" }] });
  const none = await world.run(["audit", "list", "--by", "nobody"]);
  expect(none.stdout).toBe("No decision matches.\n");
  const about = await world.run(["audit", "list", "--about", "17"]);
  expect(about.stdout).toBe("No decision matches.\n");
  expect(await world.run(["audit", "list", "--what", "nothing"])).toMatchObject({ code: 2 });
});

it("a worker puts the head into its log, outside the database", async () => {
  const world = await decided();
  const { stdout } = await world.run(["audit", "verify", "--json"]);
  const { head }: { head: string } = JSON.parse(stdout);
  await world.workerHere();
  const line = await waitFor("the head in the log", () => world.log.find((one) => one.includes("head of the audit")));
  expect(JSON.parse(line)).toMatchObject({ decisions: 2, head });
});
