import { z } from "zod";
import type { AccountKind } from "../../src/api/kelio.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { SeenRequest } from "../../src/sandbox/requests/context.ts";
import { chooseVariants, type Variants } from "../../src/sandbox/variants.ts";
import { endOf } from "../outbox/faults/ends.ts";
import { wrongsOf } from "./truth.ts";
import { nameOf, type FaultCase } from "../outbox/faults/cases.ts";
import type { World } from "./world.ts";
import { importPeople, type Person } from "./imports.ts";

const creation = z.object({
  applicant: z.object({ email: z.string() }).optional(),
  applicant_id: z.coerce.number().optional(),
});

/** Whose creation a request is, by e-mail. */
export function personOf(sandbox: Pick<Sandbox, "data">, body: string): string | null {
  const { applicant, applicant_id: id } = creation.parse(JSON.parse(body));
  return applicant?.email ?? (id === undefined ? null : (sandbox.data.applicants.get(id)?.email ?? null));
}

/** A case and the person it is tried on. */
export interface Subject extends FaultCase {
  readonly email: string;
  readonly name: string;
}

/** One invented person a case. */
export function subjectsOf(cases: readonly FaultCase[]): readonly Subject[] {
  return cases.map((one, n) => ({ ...one, email: `person-${n}@example.org`, name: nameOf(one) }));
}

/** People without a fault: customers are asked for their applicant, a jobboard's people, who are known, for their application. */
export const plainSubjects = (kind: AccountKind, emails: readonly string[]): readonly Subject[] =>
  emails.map((email) => ({
    kind,
    step: kind === "customer" ? "applicant" : "application",
    before: "nobody",
    fault: { name: "", leaves: "harmless", times: 1 },
    email,
    name: email,
  }));

/** Prepares sandbox and mirror for the subjects and puts them into the outbox, all at once. */
export async function importSubjects(
  world: Pick<World, "database" | "env" | "account" | "sandbox">,
  subjects: readonly Subject[],
): Promise<void> {
  const campaigns = world.sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const [first, second] = campaigns;
  const wanted = { company_id: first?.company_id ?? 0, campaign_id: first?.id ?? 0 };
  await rememberAnswers(world);
  const people: Person[] = [];
  for (const subject of subjects) {
    await prepare(world, subject, wanted, second?.id ?? 0);
    people.push({ email: subject.email, ...(subject.kind === "jobboard" ? wanted : {}) });
  }
  await importPeople(world, people);
}

/** Both creations were answered lately: a 403 is then the quota's, as long as it does not go on. */
async function rememberAnswers({ database, account }: Pick<World, "database" | "account">): Promise<void> {
  const paths = ["/applicants", "/jobboards/applicants", "/jobboards/applications"];
  const answered = paths.map((path) => ({ account, method: "POST", path, status: 201 }));
  await database.apiRequest.createMany({ data: answered });
}

async function prepare(
  { database, account, sandbox }: Pick<World, "database" | "account" | "sandbox">,
  { kind, step, before, email, fault }: Subject,
  { company_id, campaign_id }: { readonly company_id: number; readonly campaign_id: number },
  otherCampaign: number,
): Promise<void> {
  const { data, script } = sandbox;
  if (before !== "nobody" || step === "application") {
    const applicant = data.applicants.insert({ email, ...(kind === "jobboard" ? { company_id } : {}) });
    if (step === "application") {
      const known = { account, id: BigInt(applicant.id), email, email_key: email, company_id: BigInt(company_id) };
      await database.applicant.create({ data: { ...known, raw: {}, hash: "" } });
    }
    // Of somebody whose account is in question: a candidacy to another campaign of the company.
    const campaign = step === "application" ? campaign_id : otherCampaign;
    if (before === "application")
      data.applications.insert({ campaign_id: campaign, applicant_id: applicant.id, company_id });
  }
  if (fault.answer === undefined) return;
  const where = (_: SeenRequest, body: string): boolean => personOf(sandbox, body) === email;
  const path = `${kind === "jobboard" ? "/jobboards" : ""}/${step}s`;
  script.fault(fault.answer, { method: "POST", path, where, times: fault.times });
}

/** What is false once all is quiet, each with the name of its case; and who does not end where the case says. */
export async function wrongsOfSubjects(
  world: Pick<World, "database" | "account" | "sandbox">,
  subjects: readonly Subject[],
  variants: Partial<Variants> = {},
): Promise<readonly string[]> {
  const rows = await world.database.applicantImport.findMany({ where: { account: world.account } });
  const byEmail = new Map(rows.map((row) => [row.email, row]));
  const names = new Map(subjects.map(({ email, name }) => [email, name]));
  const others = subjects.flatMap((subject) => {
    const row = byEmail.get(subject.email);
    const end = endOf(subject, chooseVariants(variants));
    return row?.state === end ? [] : [`${subject.email}: ends as ${row?.state} (${row?.reasonCode}), not as ${end}`];
  });
  const wrongs = [...others, ...(await wrongsOf(world, subjects.length))];
  return wrongs.map((text) => `${names.get(text.split(":")[0] ?? "") ?? "all"}, ${text}`);
}
