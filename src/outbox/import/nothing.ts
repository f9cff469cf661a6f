/** What spreadsheets, exports and people write where there is nothing. */
import { plainWords } from "../../platform/comparable.ts";

/** Signs alone, `NULL`, `\N`, `n/a`. */
const SIGNS = /^(?:[-\u2010-\u2015\u2212_.\u2026?*/:;,~'"|()\s]*|[([<]?null[)\]>]?|\\N|n\/a|undefined|\(vide\))$/i;
/** Of Python. `Nan` is a name of people. */
const NO_NUMBER = /^(?:nan|NaN|NaT)$/;
/** The date of an empty cell, as MySQL, SAP, Excel and LibreOffice show it. */
const ZERO_DATE =
  /^(?:0000-00-00|0{8}|1900-01-00|1899-12-30|(?:00[/.-]00[/.-]0000|00[/.-]01[/.-]1900|30[/.-]12[/.-]1899))(?:[T ]0?0:00(?::00)?)?$/;

const TO_DO = "completer|renseigner|preciser|definir|demander|confirmer|verifier|remplir|saisir|determiner|venir";
const NOT_DONE =
  "communique|precise|renseigne|fourni|disponible|applicable|connu|indique|defini|specifie|saisi|transmis|complete|rempli";
const ENGLISH =
  "to be (?:completed|confirmed|defined|determined)|not (?:available|provided|specified|applicable|known)";
/** `à compléter`, `non renseigné (à demander)`, `to be confirmed`. */
const LATER = new RegExp(`^(?:(?:a (?:${TO_DO})|(?:non|pas) (?:${NOT_DONE})e?s?|${ENGLISH})(?: |$))+$`);
/** Most values do not begin so. */
const MAY_BE_LATER = /^[\s([<*«-]*(?:[aà]\u0300?|non|pas|to be|not)[\s-]/iu;

/** Whether a value says that there is none, in any field. `Null` is a name of people, too. */
export function isNothing(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const text = value.trim();
  if (SIGNS.test(text)) return text !== "Null";
  return NO_NUMBER.test(text) || ZERO_DATE.test(text) || (MAY_BE_LATER.test(text) && LATER.test(plainWords(text)));
}

const NO_PHONE = new Set(
  `na n a nc nd d np nr r c ras so neant aucun aucune sans inconnu inconnue vide non pas de tel telephone numero portable mobile fixe
  none unknown tbc tbd liste rouge confidentiel x xx xxx ${NOT_DONE.replaceAll(/\w+/g, "$& $&e")} ${TO_DO}`.split(
    /[\s|]+/,
  ),
);

/** Whether a value says that there is no phone: also `néant`, `numéro non communiqué`, `pas de portable`, `00 00 00 00 00`. */
export function isNoPhone(value: unknown): boolean {
  if (typeof value !== "string") return false;
  if (isNothing(value) || /^[0 .-]+$/.test(value)) return true;
  const words = plainWords(value).split(" ");
  return !/[#\d]/.test(value) && words.every((word) => word === "" || NO_PHONE.has(word));
}
