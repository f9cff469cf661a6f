import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AccountKind } from "../../src/api/kelio.ts";
import type { Fault } from "../../src/sandbox/requests/faults.ts";
import { VARIANTS, type Variants } from "../../src/sandbox/variants.ts";
import type { Database } from "../../src/database/client.ts";
import { useDatabase } from "../support/database.ts";
import { withEnds } from "../support/ends.ts";
import { importPeople, type Person } from "../support/imports.ts";
import { hang } from "../support/inbox.ts";
import { openOutpost, type Between, type Outpost } from "../support/outpost.ts";
import { describeWithPgBouncer, usePooledDatabase } from "../support/pgbouncer.ts";
import { letAnHourPass } from "../support/quiet.ts";
import { wrongsOf } from "../support/truth.ts";

const RUNS = 12;
const PEOPLE = 8;
const COMPANIES = [42, 43] as const;

/** Someone of few, so that some are the same, with or without a key, for one of two companies, with or without a campaign. */
interface Guest {
  readonly person: number;
  readonly key: number | null;
  readonly campaign: number | null;
}

/** What happens next to the outbox, besides the faults of its requests. */
type Event = "maintenance" | "run" | "flush" | "hour" | "import" | "lose a worker" | "twice";

interface Scenario {
  readonly guests: readonly Guest[];
  readonly variants: Partial<Variants>;
  readonly faults: readonly { readonly fault: Fault; readonly probability: number }[];
  readonly events: readonly Event[];
  readonly seed: number;
}

const LOSING: readonly Fault[] = [
  ...(["before", "after"] as const).flatMap((effect): readonly Fault[] => [
    { kind: "reset", effect },
    { kind: "hang", effect },
    { kind: "status", status: 503, effect },
    { kind: "html", status: 200, effect },
  ]),
  { kind: "truncated", cut: "connection" },
  { kind: "truncated", cut: "body" },
  { kind: "empty" },
  { kind: "status", status: 429 },
];

const variants: fc.Arbitrary<Partial<Variants>> = fc.record({
  creationStatus: fc.constantFrom(...VARIANTS.creationStatus),
  creationAnswer: fc.constantFrom(...VARIANTS.creationAnswer),
  duplicateApplicant: fc.constantFrom(...VARIANTS.duplicateApplicant),
  duplicateApplication: fc.constantFrom(...VARIANTS.duplicateApplication),
  errorBody: fc.constantFrom(...VARIANTS.errorBody),
  pagination: fc.constantFrom(...VARIANTS.pagination),
  envelope: fc.constantFrom(...VARIANTS.envelope),
  ids: fc.constantFrom(...VARIANTS.ids),
  dates: fc.constantFrom(...VARIANTS.dates),
  relationIds: fc.constantFrom(...VARIANTS.relationIds),
  emailInPath: fc.constantFrom(...VARIANTS.emailInPath),
  applicationMail: fc.constantFrom(...VARIANTS.applicationMail),
});

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  guests: fc.array(
    fc.record({
      person: fc.nat({ max: PEOPLE - 1 }),
      key: fc.option(fc.nat({ max: 40 })),
      campaign: fc.option(fc.nat({ max: 2 })),
    }),
    { minLength: 1, maxLength: 16 },
  ),
  variants,
  faults: fc.array(fc.record({ fault: fc.constantFrom(...LOSING), probability: fc.constantFrom(0.05, 0.2, 0.5) }), {
    maxLength: 4,
  }),
  events: fc.array(
    fc.constantFrom<Event>(
      "maintenance",
      "maintenance",
      "run",
      "run",
      "flush",
      "hour",
      "import",
      "lose a worker",
      "twice",
    ),
    { minLength: 4, maxLength: 24 },
  ),
  seed: fc.nat({ max: 1_000_000 }),
});

/** Whether the next request is the last thing that its worker does. */
interface Fate {
  losesNext: "before" | "after" | null;
}

/** A creation that is sent, or not, by a worker that is gone then. */
const losing =
  (fate: Fate): Between =>
  ({ api }, queue) => {
    async function send<T>(job: string | null, call: () => Promise<T>): Promise<T> {
      const { losesNext } = fate;
      fate.losesNext = null;
      if (losesNext === null) return call();
      if (losesNext === "after") await call().catch(() => undefined);
      queue.leaveBehind(job ?? "", losesNext === "after");
      return new Promise<never>(() => {});
    }
    return {
      createApplicant: (company, body, context) => send(context.job, () => api.createApplicant(company, body, context)),
      createApplication: (ids, context) => send(context.job, () => api.createApplication(ids, context)),
    };
  };

const emailOf = (person: number): string => `person-${person}@example.org`;

function personOf(outpost: Outpost, { person, key, campaign }: Guest): Person {
  const email = emailOf(person);
  const own = key === null ? {} : { key: `key-${key}-${person}-${campaign}` };
  if (outpost.kind === "customer") return { email, ...own };
  const campaigns = outpost.sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const company_id = campaign === null ? COMPANIES[person % COMPANIES.length] : campaigns[0]?.company_id;
  return { email, ...own, company_id, ...(campaign === null ? {} : { campaign_id: campaigns[campaign]?.id }) };
}

async function play(outpost: Outpost, scenario: Scenario, fate: Fate): Promise<readonly string[]> {
  const { guests, faults, events } = scenario;
  const { account, database, outbox, queue, sandbox } = outpost;
  for (const { fault, probability } of faults) sandbox.script.fault(fault, { probability });
  const waiting = guests.map((guest) => personOf(outpost, guest));
  const ids = new Set<bigint>();
  async function submit(count: number): Promise<void> {
    if (waiting.length === 0) return;
    for (const { id } of await importPeople(outpost, waiting.splice(0, count))) ids.add(id);
  }

  await submit(3);
  for (const [n, event] of events.entries()) {
    if (event === "maintenance") await outbox.reconcilePending();
    if (event === "run") await outpost.drain();
    if (event === "flush") queue.flush();
    if (event === "hour") await letAnHourPass(database, account, 0);
    if (event === "import") await submit(4);
    if (event === "lose a worker") fate.losesNext = n % 2 === 0 ? "before" : "after";
    if (event === "twice") {
      for (const id of ids) {
        await queue.enqueue({ kind: "deliver", import: Number(id), turn: 50 + n, bulk: false });
      }
    }
  }
  await submit(waiting.length);
  sandbox.script.clear();
  fate.losesNext = null;
  await outpost.settle();
  return wrongsOf(outpost, ids.size);
}

/** What a scenario is played on. */
interface Setup {
  readonly database: () => Database;
  /** Where clients of the SQL intake hang: begins one, and returns how to end it. */
  readonly hang?: (outpost: Outpost, email: string) => Promise<() => Promise<void>>;
}

function declareChaos({ database, hang: begin }: Setup): void {
  it.each<AccountKind>(["customer", "jobboard"])(
    "once it is quiet every import of a %s is in a true state, and nobody was created or e-mailed twice",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(scenarios, (scenario) =>
          withEnds(async (onEnd) => {
            const fate: Fate = { losesNext: null };
            const sandbox = { variants: scenario.variants, seed: scenario.seed };
            const outpost = await openOutpost({ database: database(), kind, sandbox, between: losing(fate), onEnd });
            // Somebody whom the scenario imports, too, and somebody else.
            for (const person of [scenario.guests[0]?.person, PEOPLE]) {
              const end = await begin?.(outpost, emailOf(person ?? 0));
              if (end !== undefined) onEnd(end);
            }
            expect(await play(outpost, scenario, fate)).toEqual([]);
          }),
        ),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    240_000,
  );
}

describe("whatever happens to imports", () => {
  declareChaos({ database: useDatabase() });
});

describeWithPgBouncer("whatever happens to imports behind PgBouncer, while clients of the SQL intake hang", () => {
  const pooled = usePooledDatabase();
  declareChaos({
    database: pooled.database,
    async hang({ account }, email) {
      const client = await hang(pooled.directUrl(), account, email);
      return () => client.end();
    },
  });
});
