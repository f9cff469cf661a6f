import { z } from "zod";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { SeenRequest } from "../../src/sandbox/requests.ts";
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

/** Prepares sandbox and mirror for the subjects and puts them into the outbox, all at once. */
export async function importSubjects(
  world: Pick<World, "database" | "env" | "account" | "sandbox">,
  subjects: readonly Subject[],
): Promise<void> {
  const campaigns = world.sandbox.data.campaigns.all().filter(({ status }) => status === "online");
  const [first, second] = campaigns;
  const wanted = { company_id: first?.company_id ?? 0, campaign_id: first?.id ?? 0 };
  const people: Person[] = [];
  for (const subject of subjects) {
    await prepare(world, subject, wanted, second?.id ?? 0);
    people.push({ email: subject.email, ...(subject.kind === "jobboard" ? wanted : {}) });
  }
  await importPeople(world, people);
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
      const known = { account, id: BigInt(applicant.id), email, company_id: BigInt(company_id) };
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
