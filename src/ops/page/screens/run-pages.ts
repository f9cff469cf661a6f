import type { Database } from "../../../database/client.ts";
import type { Text } from "../../../platform/language.ts";
import { html, type Fragment } from "../html.ts";
import type { Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";

const SHOWN = 50;

const TEXTS = {
  dropped: {
    en: "Pages are kept while a run is going on, or waits for a decision. Of this one, the counts are left.",
    fr: "Les pages sont conservées tant que la synchronisation est en cours ou attend une décision. De celle-ci, il reste les décomptes.",
  },
  walker: { en: "Walker", fr: "Parcours" },
  step: { en: "Step", fr: "Étape" },
  page: { en: "Page", fr: "Page" },
  received: { en: "Rows received", fr: "Lignes reçues" },
  written: { en: "New, changed", fr: "Nouvelles, modifiées" },
  joined: { en: "Joined to those before", fr: "Raccordée aux précédentes" },
  read: { en: "Read", fr: "Lue" },
  next: { en: "More pages", fr: "Pages suivantes" },
} as const satisfies Readonly<Record<string, Text>>;

/** The pages of a run, as long as they are kept, from the one after `?page=WALKER-STEP`. */
export async function pagesOf(database: Database, runId: number, { query, language, times }: Visit): Promise<Fragment> {
  const t = wordsIn(TEXTS, language);
  const [walker = 0, step = -1] = (/^(\d{1,9})-(\d{1,9})$/.exec(query.get("page") ?? "") ?? []).slice(1).map(Number);
  const pages = await database.syncPage.findMany({
    where: { runId, OR: [{ walker, step: { gt: step } }, { walker: { gt: walker } }] },
    orderBy: [{ walker: "asc" }, { step: "asc" }],
    take: SHOWN,
    omit: { ids: true },
  });
  if (pages.length === 0) return html`<p>${t("dropped")}</p>`;
  const last = pages.length < SHOWN ? undefined : pages.at(-1);
  const table = scrolled(t("pages"), pages, [
    [t("walker"), (page) => page.walker, "number"],
    [t("step"), ({ step: n }) => n, "number"],
    [t("page"), ({ page }) => page, "number"],
    [t("received"), ({ received }) => received, "number"],
    [t("written"), ({ inserted, updated, restored }) => `${inserted} · ${updated + restored}`, "number"],
    [t("joined"), ({ contiguous }) => t(contiguous ? "yes" : "no")],
    [t("read"), ({ readAt }) => times.at(readAt)],
  ]);
  return html`${table}
  ${last !== undefined && html`<p><a href="/ops/runs/${runId}?page=${last.walker}-${last.step}">${t("next")}</a></p>`}`;
}
