import { Query, type Client, type Connection } from "pg";
import type { ColumnType } from "../../../src/mirror/items/rows.ts";

/**
 * `COPY table FROM STDIN` on a plain connection of pg, whose types know nothing of it: the rows go out in one message,
 * in the text format (https://www.postgresql.org/docs/current/sql-copy.html).
 */
export function copyRows(
  client: Client,
  table: string,
  columns: Readonly<Record<string, ColumnType | "jsonb">>,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const lines = rows.map((row) =>
    Object.entries(columns)
      .map(([name, type]) => field(row[name], type))
      .join("\t"),
  );
  return new Promise((resolve, reject) => {
    const text = `copy ${table} (${Object.keys(columns).join(", ")}) from stdin`;
    const query = new Query(text, (error: Error | undefined) =>
      error === undefined || error === null ? resolve() : reject(error),
    );
    const copy = Object.assign(query, {
      handleCopyInResponse({ stream }: Connection): void {
        stream.write(message("d", Buffer.from(lines.map((line) => `${line}\n`).join(""))));
        stream.write(message("c", Buffer.alloc(0)));
      },
    });
    client.query(copy);
  });
}

/** A message of the wire protocol: its letter, its length with the four bytes of the length, its body. */
function message(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function field(value: unknown, type: ColumnType | "jsonb"): string {
  if (value === null || value === undefined) return String.raw`\N`;
  if (type === "jsonb") return escaped(JSON.stringify(value));
  if (Array.isArray(value)) return escaped(`{${value.map((part) => JSON.stringify(part)).join(",")}}`);
  return escaped(typeof value === "string" ? value : JSON.stringify(value));
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(text: string): string {
  return text.replaceAll(/[\\\t\n\r]/g, (one) => ESCAPES[one] ?? one);
}
