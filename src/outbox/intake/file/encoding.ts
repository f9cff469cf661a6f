/** Determines the encoding of a file that has no mark by its words: what they would be in each encoding. */
import { isAscii } from "node:buffer";
import { plain } from "../../../platform/text.ts";
import { createDecoder, type Encoding } from "./decoder.ts";
import { fileError } from "./file-errors.ts";

/** What a French spreadsheet, an old one of a Mac, MS-DOS and the neighbours save, the likeliest first. */
const CANDIDATES = ["windows-1252", "iso-8859-15", "macintosh", "ibm850", "windows-1250", "windows-1254"] as const;
/** Where two readings differ, the right one must be so much more plausible in each word on average. */
const MARGIN = 0.4;
/** By so much at least in all these words: one letter that is somewhat rarer proves nothing. */
const LEAST_LEAD = 1;
/** What a French spreadsheet saves: the others must show in more than two words. */
const FRENCH: ReadonlySet<Encoding> = new Set(["windows-1252", "iso-8859-15"]);
/** Of many words in Windows-1252 so few may look more like one of the neighbours: they are names from there. */
const FOREIGN = { words: 10, share: 0.1, lead: -2 } as const;
const NEIGHBOURS: ReadonlySet<Encoding> = new Set(["windows-1250", "windows-1254"]);
/** The most words that are strange in the encoding of a file: it may hold names from anywhere. */
const STRANGE_SHARE = 0.25;
const MOST_WORDS = 2_000;
const SHOWN = 2;

/** How frequent a letter is in French names and texts, and in those of the neighbours. Any other letter: `RARE`. */
const FREQUENT: ReadonlyMap<string, number> = new Map(
  Object.entries({
    4: "é",
    3: "èçÉ",
    2: "êëàïîôöüäæõœñ",
    1.5: "ûâãøÿýåÅŒÈÇ",
    1: "ùáíóúßÊÀËÏÎÔÖÜÄÑłńśźżąęćğşıİ",
    0.5: "ÂÛÁÓŁŚŻ",
  }).flatMap(([weight, letters]) => Array.from(letters, (letter) => [letter, Number(weight)] as const)),
);
const RARE = 0.3;
/** The accents that have a key of their own on a French keyboard: people type them among capitals too. */
const KEYS = /[éèçàù]/;
const CAPITALS_SHARE = 0.1;
const STRANGE = -2;
/** What no French word has: ç before another letter than a, o and u; letters before or after which they do not stand. */
const UNUSUAL =
  /ç(?![aouâàôAOU]|$)|[ai]û|à(?=\p{L})|^[ëïüö]|î(?=[aeouy])|è(?=[aeiouyíák]|$)|ø(?=[aeiouyáí])|ñ(?![aeiouyáéíóúàAEIOU]|$)|ê(?=[bdfkz])|(?<=\p{L}{2})[êø]$|ã(?![oesOE]|$)|õ(?![eE])|È(?=[aeiouyAEIOU])|ù(?=\p{L})|[aeiouyAEIOU]œ|œ(?![uidntlsUE]|$)|Œ(?![uUdD])/gu;

export interface WordCollector {
  add(chunk: Uint8Array): void;
  words(): readonly Uint8Array[];
}

/** Collects different words with bytes beyond ASCII, until there are enough. */
export function createWordCollector(): WordCollector {
  const words = new Set<string>();
  let isFirst = true;
  return {
    add(chunk) {
      if (words.size >= MOST_WORDS || isAscii(chunk)) return;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
      const text = isFirst ? bytes.replace(/^\xef\xbb\xbf/, "") : bytes;
      // A word at either end of the chunk may be cut.
      for (const { 0: word, index } of text.matchAll(/[A-Za-z'\x80-\xff-]*[\x80-\xff][A-Za-z'\x80-\xff-]*/g)) {
        if ((index > 0 || isFirst) && index + word.length < text.length) words.add(word);
      }
      isFirst = false;
    },
    words: () => [...words].slice(0, MOST_WORDS).map((word) => Buffer.from(word, "latin1")),
  };
}

/** Whether UTF-8 was read as Windows-1252 and saved as UTF-8: then each word can be read so twice. */
export function isReadTwice(words: readonly Uint8Array[]): boolean {
  return words.length > 0 && read("utf-8-twice", words).every((text) => !text.includes("\uFFFD"));
}

/**
 * The encoding of a file that is not UTF-8, by its words.
 * @throws UsageError `unclear_encoding`: more than one, or none, is plausible; the message shows words of the file in two.
 */
export function encodingOfWords(path: string, words: readonly Uint8Array[]): Encoding {
  const readings = CANDIDATES.map((encoding) => readingOf(encoding, words));
  const best = readings.find((one) => readings.every((other) => other === one || isBetter(one, other)));
  if (best !== undefined && best.scores.filter((score) => score < 0).length <= STRANGE_SHARE * words.length) {
    return best.encoding;
  }
  const total = ({ scores }: Reading) => scores.reduce((sum, score) => sum + score, 0);
  const [first, ...others] = readings.toSorted((a, b) => total(b) - total(a));
  const second = others.find((other) => differences(first, other).length > 0);
  const shown = differences(first, second).slice(0, SHOWN);
  const sample = (reading: Reading | undefined) =>
    reading === undefined
      ? ""
      : `--encoding ${reading.encoding}: ${shown.map((n) => plain(reading.texts[n] ?? "", 40)).join(", ")}`;
  throw fileError("unclear_encoding", { path, first: sample(first), second: sample(second) });
}

interface Reading {
  readonly encoding: Encoding;
  readonly texts: readonly string[];
  /** How plausible each text is; below 0: it is strange. */
  readonly scores: readonly number[];
}

function readingOf(encoding: Encoding, words: readonly Uint8Array[]): Reading {
  const texts = read(encoding, words);
  return { encoding, texts, scores: texts.map(plausibility) };
}

function read(encoding: Encoding, words: readonly Uint8Array[]): readonly string[] {
  const decoder = createDecoder(encoding);
  const lines = Buffer.concat(words.flatMap((word) => [word, Buffer.from("\n")]));
  return (decoder.decode(lines) + decoder.decode()).split("\n").slice(0, -1);
}

function differences(one: Reading | undefined, other: Reading | undefined): readonly number[] {
  return (one?.texts ?? []).flatMap((text, n) => (text === other?.texts[n] ? [] : [n]));
}

/** Of two that read every word alike, the likelier encoding. */
function isBetter(one: Reading, other: Reading): boolean {
  const different = differences(one, other);
  if (different.length === 0)
    return (
      CANDIDATES.findIndex((name) => name === one.encoding) < CANDIDATES.findIndex((name) => name === other.encoding)
    );
  const sum = ({ scores }: Reading) => different.reduce((total, n) => total + (scores[n] ?? 0), 0);
  const lead = sum(one) - sum(other);
  const isForeign =
    one.texts.length >= FOREIGN.words &&
    different.length <= FOREIGN.share * one.texts.length &&
    isFrenchOverNeighbour(one, other);
  if (isForeign) return lead >= FOREIGN.lead;
  const isShown = FRENCH.has(one.encoding) || different.length > 2;
  return isShown && sum(one) > 0 && lead >= Math.max(LEAST_LEAD, MARGIN * different.length);
}

function isFrenchOverNeighbour(one: Reading, other: Reading): boolean {
  return FRENCH.has(one.encoding) && NEIGHBOURS.has(other.encoding);
}

function plausibility(text: string): number {
  const letters = [...text.matchAll(/[\p{L}\p{M}]+/gu)].map(([run]) => plausibilityOfRun(run));
  const signs = [...text.matchAll(/[^\p{L}\p{M}\x20-\x7e]/gu)].map(({ 0: sign, index }) =>
    plausibilityOfSign(sign, text, index),
  );
  return [...letters, ...signs].reduce((sum, one) => sum + one, 0);
}

function plausibilityOfRun(run: string): number {
  // Three in a row: letters of another alphabet.
  if (/[^\x20-\x7e]{3}/.test(run)) return STRANGE;
  const rest = run.slice(1);
  const isCapital = /^\P{Ll}+$/u.test(run.replaceAll(new RegExp(KEYS, "g"), "")) && /[A-Z]{2}/.test(run);
  const isPlain = rest === rest.toLowerCase();
  if (run.length === 1) return run === "à" ? 1 : 0;
  let sum = STRANGE * (run.match(UNUSUAL)?.length ?? 0);
  for (const letter of run.replaceAll(/[\x20-\x7e]/g, "")) {
    const weight = FREQUENT.get(letter) ?? RARE;
    if (letter !== letter.toLowerCase() || isPlain) sum += isPlain || isCapital ? weight : STRANGE;
    else sum += isCapital && KEYS.test(letter) ? weight * CAPITALS_SHARE : STRANGE;
  }
  return sum;
}

/** A sign beyond ASCII: common beside a word, an apostrophe also in it. */
function plausibilityOfSign(sign: string, text: string, at: number): number {
  const isBeside = /\p{L}/u.test(text[at - 1] ?? "") || /\p{L}/u.test(text[at + 1] ?? "");
  const isInside = /\p{L}/u.test(text[at - 1] ?? "") && /\p{L}/u.test(text[at + 1] ?? "");
  if (sign === "’") return isInside ? 1.5 : 0;
  if (sign === "\u00a0") return /^\u00a0+$/.test(text) ? 1 : 0.3;
  if (/[°º]/.test(sign)) return /[nN]/.test(text[at - 1] ?? "") ? 1.5 : 0;
  if (sign === "€") return isInside ? STRANGE : 1.5;
  return /[«»–—…“”§²]/.test(sign) && !isInside ? (isBeside ? 0.5 : 0) : STRANGE;
}
