/** Checks whether the id that a person gives for an import belongs to the import's person, by a lookup if possible. */
import type { ApiClient } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { parseApplicant } from "../../api/schemas/hiring.ts";
import type { Database } from "../../database/client.ts";
import type { DecisionStore, OutboxContext, OutboxStore } from "../context.ts";
import { AppError } from "../../platform/errors.ts";
import type { Text } from "../../platform/language.ts";
import { emailKey } from "../../platform/email-key.ts";
import type { Decided } from "./decide-one.ts";
import { resolveImport, type Resolution } from "./review.ts";
import { loadImport, type ImportRow } from "../import/row.ts";

/** `unchecked`: nothing shows whose the id is. `unanswered`: a lookup is possible, but failed now. */
export interface Verified {
  readonly is: "right" | "wrong" | "unchecked" | "unanswered";
  /** For people; holds no personal data. */
  readonly reason: Text;
}

export interface VerifyDeps extends OutboxStore, Pick<OutboxContext, "accountKind"> {
  /** Opened only where a request is needed. */
  readonly api: () => Pick<ApiClient, "show">;
}

const RIGHT: Verified = { is: "right", reason: { en: "", fr: "" } };
const wrong = (en: string, fr: string): Verified => ({ is: "wrong", reason: { en, fr } });
const unchecked = (en: string, fr: string): Verified => ({ is: "unchecked", reason: { en, fr } });

/** Resolves an import by what a person found, unless their id is another person's. `isUnchecked`: even if it cannot be looked up now. */
export async function resolveVerified(
  deps: VerifyDeps & DecisionStore,
  id: bigint,
  resolution: Resolution,
  isUnchecked: boolean,
): Promise<Decided> {
  const seen = await verifyResolution(deps, id, resolution);
  const { en, fr } = seen.reason;
  if (seen.is === "wrong") return refused(id, `${en}. Nothing was changed`, `${fr}. Rien n'a été modifié`);
  if (seen.is === "unanswered" && !isUnchecked) {
    return refused(
      id,
      `it could not be looked up (${en}). Try again later, or add --unchecked if you are sure`,
      `il n'a pas pu être recherché (${fr}). Réessayez plus tard, ou ajoutez --unchecked si vous êtes sûr`,
    );
  }
  const decided = await resolveImport(deps, id, resolution);
  if (seen.is === "right" || !decided.isDone) return decided;
  const message = `${decided.message}. It was accepted unchecked: ${en}`;
  return { ...decided, message, french: `${decided.french}. Il a été accepté sans vérification : ${fr}` };
}

function refused(id: bigint, message: string, french: string): Decided {
  return { id: String(id), isDone: false, state: null, message, french };
}

/** Looks up an id that a person gives: for a customer's applicant with one request, for a jobboard in the mirror. */
export async function verifyResolution(deps: VerifyDeps, id: bigint, resolution: Resolution): Promise<Verified> {
  if (resolution.is !== "applicant" && resolution.is !== "application") return RIGHT;
  const row = await loadImport(deps.database, deps.account, id);
  if (row === null) return RIGHT;
  if (resolution.is === "application") return verifyApplication(deps, row, resolution.id);
  return deps.accountKind === "customer"
    ? verifyCustomers(deps, row, resolution.id)
    : verifyMirrored(deps, row, resolution.id);
}

async function verifyCustomers({ database, api }: VerifyDeps, row: ImportRow, id: bigint): Promise<Verified> {
  try {
    const shown = parseApplicant(await api().show("applicants", String(id), { job: null }));
    if (shown.id !== String(id)) {
      return wrong(`the API shows another applicant than ${id}`, `l'API montre un autre candidat que ${id}`);
    }
    if (shown.email === null) {
      return unchecked(
        `the API shows applicant ${id} without an e-mail`,
        `l'API montre le candidat ${id} sans adresse e-mail`,
      );
    }
    return (await isPerson(database, row, shown.email)) ? RIGHT : notTheirs(id);
  } catch (error) {
    if (error instanceof ApiError && error.kind === "not-found") {
      return wrong(`the account has no applicant ${id}`, `le compte n'a pas de candidat ${id}`);
    }
    const none = { en: "the API could not be asked", fr: "l'API n'a pas pu être interrogée" };
    const reason = error instanceof AppError ? error.text : none;
    return { is: "unanswered", reason };
  }
}

async function verifyMirrored({ database, account }: VerifyDeps, row: ImportRow, id: bigint): Promise<Verified> {
  const shown = await database.applicant.findUnique({ where: { account_id: { account, id } } });
  if (shown === null) {
    return unchecked(
      `a jobboard cannot look applicants up, and the mirror does not know applicant ${id}`,
      `un jobboard ne peut pas rechercher de candidat, et la copie locale ne connaît pas le candidat ${id}`,
    );
  }
  if (shown.company_id !== null && row.companyId !== null && shown.company_id !== row.companyId) {
    return wrong(`applicant ${id} is of another company`, `le candidat ${id} est d'une autre société`);
  }
  if (shown.email === null) {
    return unchecked(
      `the mirror has applicant ${id} without an e-mail`,
      `la copie locale a le candidat ${id} sans adresse e-mail`,
    );
  }
  return (await isPerson(database, row, shown.email)) ? RIGHT : notTheirs(id);
}

async function verifyApplication({ database, account }: VerifyDeps, row: ImportRow, id: bigint): Promise<Verified> {
  const shown = await database.application.findUnique({ where: { account_id: { account, id } } });
  if (shown === null) {
    return unchecked(
      `the mirror does not know application ${id}`,
      `la copie locale ne connaît pas la candidature ${id}`,
    );
  }
  if (shown.applicant_id !== null && row.applicantId !== null && shown.applicant_id !== row.applicantId) {
    return wrong(
      `application ${id} is of another applicant than ${row.applicantId}`,
      `la candidature ${id} est d'un autre candidat que ${row.applicantId}`,
    );
  }
  if (shown.campaign_id !== null && shown.campaign_id !== row.campaignId) {
    return wrong(
      `application ${id} is for another campaign than ${row.campaignId}`,
      `la candidature ${id} est pour une autre offre que ${row.campaignId}`,
    );
  }
  return RIGHT;
}

const notTheirs = (id: bigint): Verified =>
  wrong(
    `applicant ${id} is another person: the e-mail is not that of the import`,
    `le candidat ${id} est une autre personne : l'adresse e-mail n'est pas celle de l'import`,
  );

/** Compares hashes, so that it works after the data of the import has been erased. */
async function isPerson(database: Database, row: ImportRow, email: string): Promise<boolean> {
  const [found] = await database.$queryRaw<{ same: boolean }[]>`
    select person = public.import_person(${emailKey(email)}) as same from public.applicant_import where id = ${row.id}`;
  return found?.same ?? false;
}
