/** HTML that escapes by default. Nothing else in ops/page/ builds HTML. */
import ghtml from "ghtml";
import { plain } from "../../platform/text.ts";

const HTML = Symbol("html");

/** HTML that this code wrote: only `html` makes it. */
export interface Fragment {
  readonly [HTML]: string;
}

/** What may stand in a template. A text is escaped, a fragment is not; null and false are nothing. */
export type Value = string | number | bigint | Fragment | null | false | readonly Value[];

/** A fragment of a template. Values of attributes stand in quotation marks. */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Fragment {
  // The indentation of the source would be a third of a page.
  const raw = literals.map((text) => text.replaceAll(/\s*\n\s*/g, "\n"));
  return { [HTML]: String.raw({ raw }, ...values.map(rendered)) };
}

/** The text of a fragment, to be sent. */
export function textOf(fragment: Fragment): string {
  return fragment[HTML];
}

/**
 * Text that comes from outside: one line of at most 1,000 characters, with control characters and marks of direction as their
 * codes, and set apart, so that right-to-left text reorders nothing beside it.
 */
export function foreign(text: string | null): Fragment {
  return text === null ? html`` : html`<bdi>${plain(text)}</bdi>`;
}

function rendered(value: Value): string {
  if (value === null || value === false) return "";
  if (typeof value === "string") return ghtml.html`${value}`;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return HTML in value ? value[HTML] : value.map(rendered).join("");
}
