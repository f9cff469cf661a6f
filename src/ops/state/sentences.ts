/** The state in at most eight sentences. Pure. */
import type { Language } from "../../platform/language.ts";
import { SENTENCES, type Colour, type SentenceCode } from "./condition-row.ts";
import { CONDITIONS } from "./conditions.ts";
import { describeCondition } from "./describe.ts";
import { QUIET } from "./quiet-sentences.ts";
import type { State } from "./account-state.ts";
import type { Condition } from "./types.ts";

export interface Sentence {
  readonly code: SentenceCode;
  /** Green: nothing is to be done. */
  readonly colour: "green" | Colour;
  readonly text: string;
  /** Since when it is so; null: not known. Green: since a worker saw it first after something was wrong. */
  readonly since: Date | null;
  /** What to do; null: nothing. */
  readonly next: string | null;
  /** Where the docs explain it, relative to the top of the repository; null: nothing is wrong. */
  readonly docs: string | null;
}

const RANK = { red: 0, amber: 1, green: 2 } as const;

/** Worst first; of equal ones in the order of `SENTENCES`. No personal data. */
export function sentencesOf(state: State, language: Language): readonly Sentence[] {
  return SENTENCES.map((code) => sentenceOf(code, state, language)).toSorted(
    (a, b) => RANK[a.colour] - RANK[b.colour] || SENTENCES.indexOf(a.code) - SENTENCES.indexOf(b.code),
  );
}

function sentenceOf(code: SentenceCode, state: State, language: Language): Sentence {
  const wrong = state.conditions.filter((one) => CONDITIONS[one.code].sentence === code);
  const [worst, ...others] = merged(wrong).toSorted((a, b) => RANK[a.colour] - RANK[b.colour]);
  if (worst === undefined) {
    const since = state.quietSince[code] ?? state.at; // What no worker has noted yet is seen for the first time.
    return { code, colour: "green", since, docs: null, ...QUIET[code](state, language) };
  }
  const { text, ...said } = describeCondition(worst, language);
  const more = others.map((one) => describeCondition(one, language).text);
  return { code, colour: worst.colour, since: worst.since, text: [text, ...more].join(" "), ...said };
}

/** Conditions of one kind that differ in their resource alone are one, since the earliest. */
function merged(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Set(conditions.map(({ code }) => code))].flatMap((code) => {
    const same = conditions.filter((one) => one.code === code);
    const oldest = same.toSorted((a, b) => (a.since?.getTime() ?? Infinity) - (b.since?.getTime() ?? Infinity))[0];
    if (oldest === undefined || same.some(({ facts, subject }) => facts["resource"] !== subject)) return same;
    return [{ ...oldest, facts: { ...oldest.facts, resource: same.map(({ subject }) => subject).join(", ") } }];
  });
}
