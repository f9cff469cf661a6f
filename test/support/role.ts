import { onTestFinished } from "vitest";
import { asSuperuser, onServer } from "./postgres.ts";

/** A role of the test's own in the database of `url`, with the rights that it is granted; dropped when the test ends. */
export async function createRole(url: string, ...grants: readonly string[]): Promise<string> {
  const role = `test_${crypto.randomUUID().slice(0, 8)}`;
  const database = asSuperuser(url);
  await onServer(database, `create role ${role}`, ...grants.map((grant) => `grant ${grant} to ${role}`));
  onTestFinished(() => onServer(database, `drop owned by ${role}`, `drop role ${role}`));
  return role;
}
