/** Whether a file says to which offer its people apply. */
import { plain } from "../../../platform/text.ts";
import { columnOf, namesOf, nearest } from "./column-names.ts";
import { fileError } from "./file-errors.ts";
import type { CsvHead } from "./header.ts";

/** Beside the names of the offer: what such a column may be called whose numbers are of something else. */
const MAYBE_OFFERS = "référence, réf, poste, intitulé du poste, titre, mission, vacancy, position, job title".split(
  ", ",
);

/**
 * Refuses a file of a jobboard without a column for the offer, which would create people who apply to nothing. One with a company and
 * no column that could be the offer says what it means.
 * @throws UsageError `no_offer_column`, with the names of the file that come nearest.
 */
export function refuseWithoutOffers(path: string, { names, columns, textColumns: ignored }: CsvHead): void {
  if (columns.includes("campaign_id")) return;
  const textColumns = ignored.filter((name) => ["campaign_id", "company_id"].includes(columnOf(name) ?? ""));
  const others = names.filter((name, n) => columns[n] === null && name.trim() !== "" && !textColumns.includes(name));
  const near = nearest(others, [...namesOf("campaign_id"), ...MAYBE_OFFERS]);
  if (near.length + textColumns.length === 0 && columns.includes("company_id")) return;
  const quoted = (some: readonly string[]) => some.map((name) => `"${plain(name, 60)}"`).join(", ");
  const shown = near.length > 0 ? near : others.slice(0, 10);
  const [first] = shown;
  const map = `--map "${plain(first ?? "", 60)}=campaign_id"`;
  const hint =
    first === undefined
      ? ""
      : {
          en: ` ${near.length > 0 ? "Nearest" : "Its other columns"}: ${quoted(shown)}. If one holds the number of the offer, add ${map}.`,
          fr: ` ${near.length > 0 ? "Les plus proches" : "Ses autres colonnes"} : ${quoted(shown)}. Si l'une contient le numéro de l'offre, ajoutez ${map}.`,
        };
  const text =
    textColumns.length === 0
      ? ""
      : {
          en: ` ${quoted(textColumns)} holds text, not the number of an offer.`,
          fr: ` ${quoted(textColumns)} contient du texte, et non le numéro d'une offre.`,
        };
  throw fileError("no_offer_column", { path, text, hint });
}
