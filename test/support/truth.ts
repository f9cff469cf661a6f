import type { Database } from "../../src/database/client.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { SandboxEffect } from "../../src/sandbox/requests/context.ts";

interface Outpost {
  readonly database: Database;
  readonly account: string;
  readonly sandbox: Pick<Sandbox, "effects" | "mails" | "data">;
}

type Row = Awaited<ReturnType<typeof importsOf>>[number];

const RESTING: readonly string[] = ["done", "rejected", "needs_review", "held"];

/**
 * What is false about an outbox once all is quiet, in words, each with the e-mail it is about; nothing where every import
 * rests in a state that the sandbox confirms, and nobody was created or e-mailed twice.
 */
export async function wrongsOf(outpost: Outpost, wanted: number): Promise<readonly string[]> {
  const rows = await importsOf(outpost);
  return [
    ...(rows.length === wanted ? [] : [`${wanted} imports became ${rows.length}`]),
    ...rows.flatMap((row) => wrongsOfImport(outpost, row, rows).map((wrong) => `${row.email}: ${wrong}`)),
    ...doubled(outpost.sandbox),
  ];
}

function importsOf({ database, account }: Pick<Outpost, "database" | "account">) {
  return database.applicantImport.findMany({
    where: { account },
    orderBy: { id: "asc" },
    include: { events: { orderBy: { id: "asc" } } },
  });
}

function wrongsOfImport({ sandbox }: Outpost, row: Row, rows: readonly Row[]): readonly string[] {
  const { state, attempts, events } = row;
  const sendings = events.filter(({ toState }) => toState === "sending").length;
  return [
    ...(RESTING.includes(state) || waitsForReview(row, rows) ? [] : [`is ${state}`]),
    ...(sendings === attempts ? [] : [`has ${attempts} attempts and ${sendings} events of one`]),
    ...(row.applicantState === "sent" ? wrongsOfApplicant(sandbox, row) : []),
    ...(row.applicationState === "sent" ? wrongsOfApplication(sandbox, row) : []),
    ...(state === "rejected" && createdBy(sandbox, row).length > 0 ? ["is rejected and was created"] : []),
  ];
}

/** An import of somebody of whom nobody knows: it may not go before that is known. */
function waitsForReview(row: Row, rows: readonly Row[]): boolean {
  return (
    row.state === "ready" &&
    rows.some(
      ({ id, email, companyId, state }) =>
        id !== row.id && email === row.email && companyId === row.companyId && state === "needs_review",
    )
  );
}

function wrongsOfApplicant({ data }: Outpost["sandbox"], row: Row): readonly string[] {
  const applicant = data.applicants.get(Number(row.applicantId));
  if (applicant === undefined) return [`names the applicant ${row.applicantId}, who does not exist`];
  const isThis =
    applicant.email.toLowerCase() === row.email &&
    (row.companyId === null || applicant.company_id === Number(row.companyId));
  return isThis ? [] : [`names the applicant ${row.applicantId}, who is another person`];
}

function wrongsOfApplication({ data }: Outpost["sandbox"], row: Row): readonly string[] {
  const application = data.applications.get(Number(row.applicationId));
  if (application === undefined) return [`names the application ${row.applicationId}, which does not exist`];
  const applicant = data.applicants.get(application.applicant_id ?? 0);
  const isThis = application.campaign_id === Number(row.campaignId) && applicant?.email.toLowerCase() === row.email;
  return isThis ? [] : [`names the application ${row.applicationId}, which is another one`];
}

/** What the vendor did for the step at which an import stands. */
function createdBy({ effects }: Outpost["sandbox"], row: Row): readonly SandboxEffect[] {
  const kind = row.applicantState === "sent" ? "application" : "applicant";
  return effects.filter(
    (effect) =>
      effect.kind === kind &&
      effect.email === row.email &&
      (row.companyId === null || effect.company_id === Number(row.companyId)) &&
      (kind === "applicant" || effect.campaign_id === Number(row.campaignId)),
  );
}

/** Nobody is created, asked for or e-mailed twice for the same company and campaign, whatever came of the first time. */
function doubled({ effects, mails }: Outpost["sandbox"]): readonly string[] {
  return [
    ...repeated(effects.map((one) => `${one.email}: ${one.kind} created twice ${one.company_id} ${one.campaign_id}`)),
    ...repeated(
      mails.filter(({ kind }) => kind === "terms").map(({ to, company_id }) => `${to}: e-mailed twice ${company_id}`),
    ),
  ];
}

function repeated(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, n) => texts.indexOf(text) !== n))];
}
