/** What an .xlsx file holds. */
import { readFile } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";

const ENTRY = 0x02014b50;

/** Each part of the workbook with its text, from the directory at the end of the file. */
async function partsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const file = await readFile(path);
  const parts = new Map<string, string>();
  for (let at = file.readUInt32LE(file.length - 6); file.readUInt32LE(at) === ENTRY;) {
    const length = (offset: number) => file.readUInt16LE(at + offset);
    const [packed, local] = [file.readUInt32LE(at + 20), file.readUInt32LE(at + 42)];
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const content = file.subarray(from, from + packed);
    const text = length(10) === 0 ? content : inflateRawSync(content);
    parts.set(file.subarray(at + 46, at + 46 + length(28)).toString(), text.toString());
    at += 46 + length(28) + length(30) + length(32);
  }
  return parts;
}

/** The cells of its sheet in their order: texts, and numbers, which a day is as well. */
export async function cellsOf(path: string): Promise<readonly (string | number)[]> {
  const parts = await partsOf(path);
  const all = (part: string, pattern: RegExp) => [...(parts.get(part) ?? "").matchAll(pattern)];
  const texts = all("xl/sharedStrings.xml", /<t(?: [^>]*)?>([^<]*)<\/t>/g).map(([, text]) => text ?? "");
  return all("xl/worksheets/sheet1.xml", /<c r="\w+"([^>]*)><v>([^<]*)<\/v>/g).map(([, attributes, value]) =>
    attributes?.includes('t="s"') === true ? (texts[Number(value)] ?? "") : Number(value),
  );
}
