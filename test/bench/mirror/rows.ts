import { mapItems, type Item } from "../../../src/mirror/items/item.ts";

export const PER_PAGE = 50;
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2024, 0, 1);
const STATUSES = ["new", "reviewed", "interview", "offer", "hired", "refused"] as const;
const WORDS = ["contrat", "équipe", "atelier", "entretien", "permis", "Lyon", "matin", "machine", "vente", "diplôme"];

/**
 * A page of applications as the API gives them, with comments and a field nobody knows, which make a row of about
 * 1.7 kB; `from` is the index of the first in its list. Of the rows at which `isChanged` is true the status is another one.
 */
export function makePage(firstId: number, from: number, isChanged: (index: number) => boolean): readonly Item[] {
  const objects = Array.from({ length: PER_PAGE }, (_, i) => applicationAt(firstId, from + i, isChanged(from + i)));
  return mapItems(objects).items;
}

function applicationAt(firstId: number, index: number, isChanged: boolean): object {
  const day = (offset: number) => new Date(FIRST_DAY + ((index * 7 + offset) % 700) * DAY_MS + index).toISOString();
  const status = STATUSES[(index + Number(isChanged)) % STATUSES.length];
  return {
    id: firstId + index,
    campaign_id: 1_000 + (index % 60),
    // Spread over the index of applicants as real ones are, who do not apply in the order of their accounts.
    applicant_id: 5_000_000 + ((index * 7_919) % 50_000),
    status: { value: status, date: day(9) },
    current_stage: null,
    is_complete: true,
    source: index % 3 === 0 ? "carriere" : "partner",
    created_at: day(0),
    company_id: 42,
    company_slug: "example-company",
    entity_id: 300 + (index % 12),
    tags: ["profil senior", "mobile"],
    skills: ["permis B", "anglais"],
    comments: [{ text: textOf(index, 22), created_at: day(5) }],
    status_history: [
      { value: "new", date: day(0) },
      { value: status, date: day(9) },
    ],
    cover_note: textOf(index + 1, 24),
  };
}

function textOf(seed: number, words: number): string {
  return Array.from({ length: words }, (_, i) => WORDS[(seed * (i + 3) + i * i) % WORDS.length]).join(" ");
}
