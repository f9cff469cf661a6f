import { describe, expect, it } from "vitest";
import { because, REASONS } from "../../src/outbox/import/reasons.ts";
import { inLanguage, sentence } from "../../src/outbox/import/sentences.ts";

describe("a reason that stands in the database in English", () => {
  it("is read in French with its facts, alone or one after the other", () => {
    const unknown = `${because("internal").reason} ${sentence("not_among_newest", { count: 5_000 })} ${sentence("then_resolve", { id: "17" })}`;
    expect(inLanguage("fr", unknown)).toBe(
      "Le processus a échoué. Il n'est pas parmi les 5000 plus récents de la liste. Vérifiez le compte, puis : applicant-sync imports resolve 17",
    );
    expect(inLanguage("en", unknown)).toBe(unknown);
    expect(inLanguage("fr", because("offer_refused", { campaign: "7" }).reason)).toMatch(/offre 7\.$/);
    const before = sentence("offer_refused_before", { campaign: "7", id: "12" });
    expect(inLanguage("fr", before)).toMatch(/à l'offre 7 \(import 12\)\.$/);
  });

  it.each(Object.values(REASONS).map(({ text }) => text))(
    "is one of the table, and so has a French text: $en",
    (text) => {
      const filled = text.en.replaceAll("{campaign}", "7");
      expect(inLanguage("fr", filled)).toBe(text.fr.replaceAll("{campaign}", "7"));
    },
  );

  it("keeps what a person or the API said", () => {
    const why = "mauvaises offres (voir $1, {id}). A person dropped it.";
    expect(inLanguage("fr", sentence("held_because", { why: "mauvaises offres" }))).toBe(
      "Une personne l'a suspendu : mauvaises offres",
    );
    expect(inLanguage("fr", sentence("held_because", { why }))).toContain("mauvaises offres (voir $1, {id}).");
    expect(inLanguage("fr", "POST /applicants: HTTP 422: email: is invalid")).toBe(
      "POST /applicants: HTTP 422: email: is invalid",
    );
  });
});
