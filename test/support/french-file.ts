/** A file of people as a French Excel saves it (Windows-1252, semicolons), every spelling mixed in, and what each line is read as. */
import { createDecoder } from "../../src/outbox/intake/file/decoder.ts";

/** What a line is to become: the values of an import, or the field for which it is refused. */
export type ExpectedLine = { readonly values: Readonly<Record<string, string | null>> } | { readonly refused: string };

export interface FrenchFile {
  readonly bytes: Uint8Array;
  /** Of each line after the header. */
  readonly expected: readonly ExpectedLine[];
}

const HEADER =
  "N° offre;Prénom;Nom de famille;Adresse mail du candidat;Tél. portable;Pays;Langue;Origine;Accord du candidat;Date de l’accord;Mode de consentement;Texte de l'accord;Intitulé du poste";
const EVERY_BAD = 50;

const FIRST_NAMES =
  "Léa;Noël;Zoé;François;Chloë;Jérôme;Anaïs;Benoît;Hélène;Gaëlle;Élodie;Œdipe;JEAN-RENÉ;Aÿmeric;Cœline;Marie".split(
    ";",
  );
const LAST_NAMES =
  "Martin;D’Artagnan;Lefèvre;L'Haÿ;Müller;Castaño;FRANçOIS;Façade;de La Tour;Dupont-Moretti;O’Brien;Sørensen".split(
    ";",
  );

type Spelling = readonly [written: string, read: string | null];

const COUNTRIES: readonly Spelling[] = [
  ["France", "FR"],
  ["FRANCE", "FR"],
  ["fr", "FR"],
  ["FRA", "FR"],
  ["République française", "FR"],
  ["France (FR)", "FR"],
  ["", null],
  ["Royaume des Elfes", null],
  ["NC", null],
  ["NR", null],
];
const LANGUAGES: readonly Spelling[] = [
  ["Français", "fr"],
  ["FRANÇAIS", "fr"],
  ["fr-FR", "fr"],
  ["fr_FR", "fr"],
  ["Anglais", "en"],
  ["english", "en"],
  ["Espagnol", "es"],
  ["Español", "es"],
  ["Elfique", null],
  ["Pas français", null],
  ["", null],
];
const SOURCES: readonly Spelling[] = [
  ["Site carrière", "Site carrière"],
  ["Bouche-à-oreille", "Bouche-à-oreille"],
  ["LinkedIn, Indeed", "LinkedIn, Indeed"],
  ["Salon «\u00a0Jobs\u00a0» – été 2026", "Salon « Jobs » – été 2026"],
  ["", null],
];
const MOMENTS: readonly Spelling[] = [
  ["24/11/2025 10:32:11", "2025-11-24T09:32:11.000Z"],
  ["24/11/2025", "2025-11-23T23:00:00.000Z"],
  ["24/07/25", "2025-07-23T22:00:00.000Z"],
  ["24.11.2025 à 10h32", "2025-11-24T09:32:00.000Z"],
  ["24-11-2025 10:32", "2025-11-24T09:32:00.000Z"],
  ["lundi 24 novembre 2025", "2025-11-23T23:00:00.000Z"],
  ["2025-11-24T10:32:11Z", "2025-11-24T10:32:11.000Z"],
  ["", null],
];
const YES: readonly Spelling[] = [
  ["Oui", "true"],
  ["VRAI", "true"],
  ["1", "true"],
  ["non", "false"],
  ["", null],
];

/** The spellings of a number whose ten digits are `d`, in pairs `p`. */
const PHONES: readonly ((d: string, p: readonly string[]) => string)[] = [
  (_, p) => p.join(" "),
  (_, p) => p.join("."),
  (_, p) => p.join("-"),
  (_, p) => p.join("\u00a0"),
  (_, p) => p.join("–"),
  (_, p) => p.join("/"),
  (d) => d,
  (d) => d.slice(1),
  (d) => `33${d.slice(1)}`,
  (d) => `+33${d.slice(1)}`,
  (d, p) => `+33 ${d[1]} ${p.slice(1).join(" ")}`,
  (d, p) => `+33\u00a0(0)${d[1]}\u00a0${p.slice(1).join("\u00a0")}`,
  (d) => `0033${d.slice(1)}`,
  (d) => `(+33) ${d.slice(1)}`,
  (d) => `tel:+33${d.slice(1)}`,
  (_, p) => `Tél. : ${p.join(" ")}`,
  (_, p) => `${p.join(" ")} (perso)`,
  (_, p) => `${p.join(" ")} / 01 23 45 67 89`,
  (_, p) => `${p.join(" ")} (privé) / 01 23 45 67 89`,
  (_, p) => p.join(";"),
  (d) => `="${d}"`,
  (d) => `'${d}`,
  (d) => `${d.slice(1)}.0`,
];

interface Person {
  readonly email: string;
  readonly first: string;
  readonly phone: string;
  readonly moment: string;
}

/** What makes a line one that must be refused, and the field that says so. */
const DAMAGE: readonly (readonly [field: string, damage: (person: Person) => Person])[] = [
  ["first_name", (one) => ({ ...one, first: "#N/A" })],
  ["first_name", (one) => ({ ...one, first: "#NOM?" })],
  ["first_name", (one) => ({ ...one, first: "LÃ©a" })],
  ["first_name", (one) => ({ ...one, first: "L?a" })],
  ["first_name", (one) => ({ ...one, first: "=CONCATENER(A1)" })],
  ["phone", (one) => ({ ...one, phone: "6,12346E+08" })],
  ["phone", (one) => ({ ...one, phone: "#VALEUR!" })],
  ["phone", (one) => ({ ...one, phone: "06 12 34 56 7" })],
  ["phone", (one) => ({ ...one, phone: "voir CV" })],
  ["phone", (one) => ({ ...one, phone: "06 12 34 56 7O / 01 23 45 67 89" })],
  ["email", (one) => ({ ...one, email: "" })],
  ["email", (one) => ({ ...one, email: "lea.martin" })],
  ["consent_at", (one) => ({ ...one, moment: "11/24/2025" })],
  ["consent_at", (one) => ({ ...one, moment: "45985" })],
  ["consent_at", (one) => ({ ...one, moment: "25-11-24" })],
];

/** Writes `lines` people; the same for the same number. */
export function frenchFile(lines: number): FrenchFile {
  const expected: ExpectedLine[] = [];
  const text = [HEADER];
  for (let n = 0; n < lines; n += 1) {
    const [cells, one] = lineOf(n);
    text.push(cells.join(";"));
    expected.push(one);
  }
  return { bytes: inWindows1252(`${text.join("\r\n")}\r\n`), expected };
}

function lineOf(n: number): readonly [cells: readonly string[], expected: ExpectedLine] {
  const digits = `0${pick(["61", "62", "64", "66", "67", "68"], n, 1)}${String((n * 7_919) % 10_000_000).padStart(7, "0")}`;
  const [country, iso_country] = pick(COUNTRIES, n, 2);
  const [language, locale] = pick(LANGUAGES, n, 3);
  const [label, source] = pick(SOURCES, n, 5);
  const [moment, consent_at] = pick(MOMENTS, n, 7);
  const [yes, is_legals_accepted_by_manager] = pick(YES, n, 11);
  const last_name = pick(LAST_NAMES, n, 13);
  const pairs = digits.match(/../g) ?? [];
  const person = {
    email: `personne.${n}@example.org`,
    first: pick(FIRST_NAMES, n, 17),
    phone: pick(PHONES, n, 1)(digits, pairs),
    moment,
  };
  const [field, damage] = pick(DAMAGE, Math.floor(n / EVERY_BAD), 1);
  const isBad = n % EVERY_BAD === EVERY_BAD - 1;
  const { email, first, phone, moment: date } = isBad ? damage(person) : person;
  const cells = ["127", first, last_name, email, phone, country, language, label, yes, date, "", "", "Développeur"];
  if (isBad) return [cells.map(quoted), { refused: field }];
  const values = {
    campaign_id: "127",
    email: person.email,
    first_name: person.first,
    last_name,
    phone_code: "33",
    phone_number: digits.slice(1),
    iso_country,
    locale,
    source,
    is_legals_accepted_by_manager,
    consent_at,
  };
  return [cells.map(quoted), { values }];
}

const quoted = (cell: string) => (/[;"\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Each list is walked at its own pace, so that all spellings meet. */
function pick<T>(list: readonly T[], n: number, pace: number): T {
  const one = list[(n + Math.floor(n / pace)) % list.length];
  if (one === undefined) throw new RangeError("The list is empty.");
  return one;
}

const BYTES: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 256 }, (_, byte) => [createDecoder("windows-1252").decode(Uint8Array.of(byte)), byte]),
);

function inWindows1252(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = BYTES.get(character);
    if (byte === undefined) throw new RangeError(`${character} is not in Windows-1252.`);
    return byte;
  });
}
