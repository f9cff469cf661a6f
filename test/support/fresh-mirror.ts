import type { Database } from "../../src/database/client.ts";

/** Says that a full sync has just proven who is in the account, so that nobody is looked up before they are sent. */
export async function claimFreshMirror(database: Database, account: string): Promise<void> {
  const run = { account, kind: "full", trigger: "command", state: "proven", finishedAt: new Date() };
  await database.syncRun.createMany({ data: ["applicants", "applications"].map((resource) => ({ ...run, resource })) });
}
