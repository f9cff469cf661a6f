import { lists, type ListName } from "../../kelio.ts";

/**
 * The items of a list answer (question Q16 of the reference): the array itself, the array under `data` or under the
 * resource's name (or under that name in `data`), else the only array there is. Undefined where none fits.
 */
export function readItems(name: ListName, body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  const fields = fieldsOf(body);
  const { data } = fields;
  const named = [data, fields[name], fieldsOf(data)[name]].find((value) => Array.isArray(value));
  if (Array.isArray(named)) return named;
  const arrays = Object.entries(fields).flatMap(([key, value]) =>
    key !== "errors" && Array.isArray(value) ? [value] : [],
  );
  return arrays.length === 1 ? arrays[0] : undefined;
}

/** The object of a show answer: at the root, under the resource's name, under `data`, or both. Undefined: none fits. */
export function readItem(name: ListName, body: unknown): unknown {
  const fields = fieldsOf(body);
  const key = lists[name].one;
  const data = fieldsOf(fields.data);
  return [body, fields[key], fields.data, data[key]].find((value) => Object.hasOwn(fieldsOf(value), "id"));
}

/** Whether a record bears another id than the one that was asked for; false where it was asked for by something else. */
export function isOtherRecord(item: unknown, asked: string): boolean {
  if (!/^\d+$/.test(asked)) return false;
  const { id } = fieldsOf(item);
  const text = typeof id === "string" ? id.trim() : String(id);
  return !/^\d+$/.test(text) || BigInt(text) !== BigInt(asked);
}

/** The fields of a JSON object, none for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
