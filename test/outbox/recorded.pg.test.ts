import { expect, it } from "vitest";
import { useDatabase } from "../support/database.ts";
import { importPeople } from "../support/imports.ts";
import { openOutpost } from "../support/outpost.ts";
import { statesOf } from "../support/outbox.ts";

const database = useDatabase();

/** Fails the first transaction that records that somebody was created, while it is committed. */
async function failFirst(fault: string): Promise<void> {
  const statements = [
    "drop trigger if exists fails on public.applicant_import",
    "drop sequence if exists public.commits",
    "create sequence public.commits",
    `create or replace function public.fails() returns trigger language plpgsql as $$ begin
       if nextval('public.commits') = 1 then ${fault}; end if; return null; end $$`,
    `create constraint trigger fails after update of applicant_state on public.applicant_import deferrable initially deferred
       for each row when (new.applicant_state = 'sent') execute function public.fails()`,
  ];
  for (const statement of statements) await database().$executeRawUnsafe(statement);
}

it.each([
  ["whose connection ends", "perform pg_terminate_backend(pg_backend_pid())"],
  ["that waits too long for a lock", "raise exception 'no' using errcode = 'lock_not_available'"],
  ["that conflicts with another one", "raise exception 'no' using errcode = 'deadlock_detected'"],
  ["that finds the disk full", "raise exception 'no' using errcode = 'disk_full'"],
  ["that cannot write a file", "raise exception 'no' using errcode = 'io_error'"],
])("an answer of the API is recorded by a second transaction after one %s at its commit", async (_, fault) => {
  await failFirst(fault);
  const outpost = await openOutpost({ database: database(), kind: "customer" });
  await importPeople(outpost, [{ email: "lea@example.org" }]);
  await outpost.outbox.reconcilePending();
  await outpost.drain();
  expect(await statesOf(outpost)).toEqual(["done"]);
  expect(outpost.sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    "POST /applicants 201",
  ]);
});
