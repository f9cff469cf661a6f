import type { Variants } from "../variants.ts";

/** A row, or a list of rows, as it goes over the wire in the chosen variants of Q16. Undefined fields are left out. */
export type Render = (value: object) => unknown;

const RELATIONS = new Set(["company_id", "company_slug", "entity_id", "unit_id", "campaign_id", "applicant_id"]);

export function createRender(variants: Pick<Variants, "ids" | "dates" | "emptyFields" | "relationIds">): Render {
  const idsAsText = variants.ids === "string";
  const leaveOutEmpty = variants.emptyFields === "absent";
  const hideRelations = variants.relationIds === "hidden";

  const renderNumber = (name: string, value: number): unknown => {
    if (name.endsWith("_at") || name === "date") return writeDate(value, variants.dates);
    return idsAsText && (name === "id" || name.endsWith("_id")) ? String(value) : value;
  };
  const renderValue = (name: string, value: unknown): unknown => {
    if (typeof value === "number") return renderNumber(name, value);
    return typeof value === "object" && value !== null ? render(value) : value;
  };
  const render = (value: object): unknown => {
    if (Array.isArray(value)) return value.map((item) => renderValue("", item));
    const rendered: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined || (field === null && leaveOutEmpty) || (hideRelations && RELATIONS.has(name))) continue;
      rendered[name] = renderValue(name, field);
    }
    return rendered;
  };
  return render;
}

function writeDate(time: number, form: Variants["dates"]): string {
  const text = new Date(time).toISOString();
  if (form === "day") return text.slice(0, 10);
  return form === "seconds" ? `${text.slice(0, 19)}Z` : text;
}
