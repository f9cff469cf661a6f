/** Imports as a person reads them. */
import type { ImportsOverview } from "../outbox/operations/overview.ts";
import type { ImportReport } from "../outbox/operations/report.ts";
import { plain, table } from "../platform/text.ts";
import type { Acted, ImportsList } from "./imports.ts";

const NONE = "-";
/** Of a text in the report of one import: the longest that an import may hold. */
const LONGEST = 5_000;

/** A line of counts, and one on what keeps imports from being sent. */
export function renderOverview({ counts, oldestWaiting, gate }: ImportsOverview): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const said = some.length === 0 ? "none" : some.map(([state, count]) => `${count} ${state}`).join(", ");
  const since = oldestWaiting === null ? "" : `; the oldest waits since ${oldestWaiting}`;
  const until = gate.until === null ? "" : ` Until ${gate.until}.`;
  return [
    `Imports: ${said}${since}.`,
    ...(gate.open ? [] : [`Nothing is sent now: ${plain(gate.reason)}${until}`]),
  ].join("\n");
}

export function renderImports(found: ImportsList): string {
  const heading = renderOverview(found);
  if (found.imports.length === 0) return heading;
  const rows = found.imports.map((one) => [
    one.id,
    one.state,
    one.reasonCode ?? NONE,
    one.key ?? NONE,
    one.source,
    one.campaignId ?? NONE,
    one.applicantId ?? NONE,
    one.applicationId ?? NONE,
    one.updatedAt,
  ]);
  const head = ["import", "state", "why", "key", "source", "campaign", "applicant", "application", "since"];
  return `${heading}\n\n${table(head, rows)}`;
}

export function renderImport(one: ImportReport): string {
  const { person, consent, applicant, application, resume } = one;
  const facts: readonly (readonly [string, string | number | boolean | null])[] = [
    ["key", one.key],
    ["source", `${one.source}, by ${one.intake}`],
    ["company", one.companyId],
    ["campaign", one.campaignId],
    ["state", one.state],
    ["why", one.reason ?? one.reasonCode],
    ["applicant", stepText(applicant)],
    ["application", application === null ? null : stepText(application)],
    ...Object.entries(person),
    ["consent", consentText(consent)],
    [
      "e-mail",
      one.emailExpected === null ? null : one.emailExpected ? "the vendor e-mails the person" : "none expected",
    ],
    [
      "résumé",
      resume === null ? null : `${resume.type ?? "not yet checked"}, ${resume.bytes} bytes${erased(resume.erasedAt)}`,
    ],
    ["requests", one.attempts],
    ["came", one.createdAt],
    ["finished", one.finishedAt],
    ["erased", one.erasedAt],
  ];
  const shown = facts.flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]]));
  const events = one.events.map(({ at, step, from, to, reasonCode, reason }) => [
    at,
    step,
    from === null ? to : `${from} → ${to}`,
    reason ?? reasonCode ?? NONE,
  ]);
  return [
    table([`import ${one.id}`, ""], shown, LONGEST),
    "",
    table(["when", "step", "state", "why"], events, LONGEST),
    "",
    `Next: ${plain(one.next)}`,
  ].join("\n");
}

function stepText({ state, id, origin }: ImportReport["applicant"]): string {
  return id === null ? state : `${state}: ${id} (${origin ?? "origin unknown"})`;
}

function consentText({ submitted, at, how, wording, reported }: ImportReport["consent"]): string {
  const evidence = [at, how, wording].filter((one) => one !== null).join("; ");
  const said = submitted === true ? "submitted" : "none";
  return `${said}${evidence === "" ? "" : ` (${evidence})`}; reported to the API as ${reported}`;
}

function erased(at: string | null): string {
  return at === null ? "" : `, erased ${at}`;
}

export function renderActed({ imports, message }: Acted): string {
  const lines = imports.map(
    ({ id, isDone, message: said }) => `Import ${id}: ${isDone ? "" : "nothing done, "}${plain(said)}.`,
  );
  return [...(message === null ? [] : [plain(message)]), ...lines].join("\n");
}
