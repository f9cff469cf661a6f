import { describe, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import type { Cli } from "../support/cli.ts";
import { importSubjects, plainSubjects } from "../support/fault-people.ts";
import { describeOnSetups, type Setup } from "../support/surroundings.ts";
import { letAnHourPass } from "../support/quiet.ts";
import { wrongsOf } from "../support/truth.ts";
import { waitFor } from "../support/wait-for.ts";
import type { World, WorldOptions } from "../support/world.ts";

/**
 * Each interruption meets both kinds of account and all setups; a stop of the process, and a kill (crashes.flow.test.ts), meet both kinds
 * on each setup.
 */
const KINDS = {
  answered: { postgres: "customer", redis: "jobboard", pooled: "customer" },
  unanswered: { postgres: "jobboard", redis: "customer", pooled: "jobboard" },
  twice: { postgres: "customer", redis: "jobboard", pooled: "customer" },
} as const satisfies Readonly<Record<string, Readonly<Record<Setup["name"], AccountKind>>>>;
const EMAIL = "interrupted@example.org";
const PATHS = { customer: "/applicants", jobboard: "/jobboards/applications" } as const;
/** Generous: it ends a broken test. */
const PATIENCE_MS = 150_000;
const TIMEOUT = { timeout: 180_000 };

/** A worker whose creation of one person is held by the API, before its effect or after it, until `release`. */
async function openHeld(
  setup: Setup,
  kind: AccountKind,
  on: "before" | "after",
  onEnd: NonNullable<WorldOptions["onEnd"]>,
) {
  const world = await setup.open({ kind, sandbox: { now: Date.now }, onEnd });
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const held = world.sandbox.script[on]({ method: "POST", path: PATHS[kind] }, () => released);
  const worker = await world.worker();
  await importSubjects(world, plainSubjects(kind, [EMAIL]));
  await held.reached;
  await setup.hang(world, EMAIL, onEnd);
  return { world, worker, release };
}

const importOf = ({ database, account }: World) => database.applicantImport.findFirstOrThrow({ where: { account } });

/** How the id of what was created was learned. */
async function originOf(world: World, kind: AccountKind): Promise<string | null> {
  const { applicantOrigin, applicationOrigin } = await importOf(world);
  return kind === "customer" ? applicantOrigin : applicationOrigin;
}

const waitForState = (world: World, wanted: string): Promise<unknown> =>
  waitFor(
    `an import that is ${wanted}`,
    async () => {
      const { state } = await importOf(world);
      if (state === wanted) return true;
      // A lookup is due some time after the outcome became unknown.
      if (state === "unknown") await letAnHourPass(world.database, world.account, 3_600);
      return false;
    },
    PATIENCE_MS,
  );

/** What is false once the import is done and this worker has exited; one creation, asked for once, and its e-mail. */
async function wrongsOfOne(world: World, kind: AccountKind, worker?: Cli): Promise<readonly string[]> {
  await waitForState(world, "done");
  worker?.kill("SIGTERM");
  const code = (await worker?.ended)?.code ?? 0;
  const { requests, effects, mails } = world.sandbox;
  const posts = requests.filter(({ method, path }) => method === "POST" && path.endsWith(PATHS[kind]));
  const terms = mails.filter((mail) => mail.kind === "terms");
  return [
    ...(code === 0 ? [] : [`the worker left with ${code}`]),
    ...(posts.length === 1 ? [] : [`asked for ${posts.length} times`]),
    ...(effects.length === 1 ? [] : [`created ${effects.length} times`]),
    ...(terms.length === (kind === "customer" ? 1 : 0) ? [] : [`e-mailed ${terms.length} times`]),
    ...(await wrongsOf(world, 1)),
  ];
}

/** Presses Ctrl-C until the process is gone: the first time it stops in order, the next time at once. */
async function pressUntilGone(worker: Cli): Promise<void> {
  worker.kill("SIGINT");
  await waitFor("the stop to begin", () => worker.stderr().includes('"msg":"stopping"'));
  await waitFor("the end", () => {
    worker.kill("SIGINT");
    return !worker.isRunning();
  });
}

describe.concurrent("a worker that is interrupted while it creates a person", () => {
  describeOnSetups("by a stop of its process", (setup) => {
    it.for([
      { kind: "customer", on: "before" },
      { kind: "jobboard", on: "after" },
    ] as const)(
      "and wakes once another has its job creates nobody twice ($kind, $on the effect)",
      TIMEOUT,
      async ({ kind, on }, { expect, onTestFinished }) => {
        const { world, worker, release } = await openHeld(setup, kind, on, onTestFinished);
        worker.kill("SIGSTOP");
        await world.workerHere();
        // Nobody but the other worker can have found that.
        await waitForState(world, "unknown");
        expect(await importOf(world)).toMatchObject({ reasonCode: "worker_lost", attempts: 1 });
        release();
        worker.kill("SIGCONT");
        expect(await wrongsOfOne(world, kind, worker)).toEqual([]);
      },
    );
  });

  describeOnSetups("by a SIGTERM", (setup) => {
    it(
      `waits for the answer, records it and leaves with 0 (${KINDS.answered[setup.name]})`,
      TIMEOUT,
      async ({ expect, onTestFinished }) => {
        const kind = KINDS.answered[setup.name];
        const { world, worker, release } = await openHeld(setup, kind, "after", onTestFinished);
        worker.kill("SIGTERM");
        await waitFor("the stop to begin", () => worker.stderr().includes('"msg":"stopping"'));
        release();
        expect(await worker.ended).toMatchObject({ code: 0 });
        expect(await importOf(world)).toMatchObject({ state: "done", attempts: 1, lookups: 0 });
        expect(await wrongsOfOne(world, kind)).toEqual([]);
      },
    );

    it(
      `leaves with 0 without an answer that does not come, and another looks it up (${KINDS.unanswered[setup.name]})`,
      TIMEOUT,
      async ({ expect, onTestFinished }) => {
        const kind = KINDS.unanswered[setup.name];
        const { world, worker } = await openHeld(setup, kind, "after", onTestFinished);
        worker.kill("SIGTERM");
        expect(await worker.ended).toMatchObject({ code: 0 });
        expect(await importOf(world)).toMatchObject({ state: "unknown", attempts: 1 });
        await world.workerHere();
        expect(await wrongsOfOne(world, kind)).toEqual([]);
        expect(await originOf(world, kind)).toBe("found");
      },
    );
  });

  describeOnSetups("by Ctrl-C twice", (setup) => {
    it(
      `leaves at once, and another looks it up instead of sending it again (${KINDS.twice[setup.name]})`,
      TIMEOUT,
      async ({ expect, onTestFinished }) => {
        const kind = KINDS.twice[setup.name];
        const { world, worker } = await openHeld(setup, kind, "after", onTestFinished);
        await pressUntilGone(worker);
        expect(await worker.ended).toMatchObject({ code: 130 });
        expect(await importOf(world)).toMatchObject({ state: "sending", attempts: 1 });
        await world.workerHere();
        expect(await wrongsOfOne(world, kind)).toEqual([]);
        expect(await originOf(world, kind)).toBe("found");
      },
    );
  });
});
