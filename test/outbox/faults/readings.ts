import { READINGS, type Readings } from "../../../src/sandbox/readings.ts";

/** The questions whose readings decide how an import goes: Q9 and Q10, and what is needed to look one up. */
const QUESTIONS = [
  "creationAnswer",
  "duplicateApplicant",
  "duplicateApplication",
  "creationStatus",
  "errorBody",
  "pagination",
  "envelope",
  "dates",
  "applicationMail",
  "emailInPath",
  "ids",
  "relationIds",
  "emptyFields",
] as const;

type Question = (typeof QUESTIONS)[number];
type Answers = Readonly<Record<Question, number>>;

/**
 * Sets of readings in which any two readings of different questions meet at least once (greedy, always the same): whatever
 * goes wrong because of one reading, or of two together, goes wrong in one of them.
 */
export function pairwiseReadings(): readonly Partial<Readings>[] {
  const open = new Set(QUESTIONS.flatMap((a, i) => QUESTIONS.slice(i + 1).flatMap((b) => pairsOf(a, b))));
  const sets: Answers[] = [];
  while (open.size > 0) {
    const answers = nextSet(open);
    sets.push(answers);
    for (const pair of pairsIn(answers)) open.delete(pair);
  }
  return sets.map((answers) => Object.fromEntries(QUESTIONS.map((name) => [name, READINGS[name][answers[name]]])));
}

function nextSet(open: ReadonlySet<string>): Answers {
  // Each set begins with a pair that has not been met, so that none is left over.
  const [first = ""] = open;
  const chosen: Partial<Record<Question, number>> = Object.fromEntries(
    first.split("&").map((part) => {
      const [name = "", at] = part.split("=");
      return [name, Number(at)];
    }),
  );
  for (const name of QUESTIONS) {
    if (chosen[name] !== undefined) continue;
    const gains = READINGS[name].map((_, at) => QUESTIONS.filter((other) => isOpen(open, name, at, other, chosen)).length);
    chosen[name] = gains.indexOf(Math.max(...gains));
  }
  return { ...EMPTY, ...chosen };
}

const EMPTY: Answers = {
  creationAnswer: 0,
  duplicateApplicant: 0,
  duplicateApplication: 0,
  creationStatus: 0,
  errorBody: 0,
  pagination: 0,
  envelope: 0,
  dates: 0,
  applicationMail: 0,
  emailInPath: 0,
  ids: 0,
  relationIds: 0,
  emptyFields: 0,
};

function isOpen(
  open: ReadonlySet<string>,
  name: Question,
  at: number,
  other: Question,
  chosen: Partial<Record<Question, number>>,
): boolean {
  const there = chosen[other];
  return there !== undefined && other !== name && open.has(pairOf(name, at, other, there));
}

function pairsOf(a: Question, b: Question): readonly string[] {
  return READINGS[a].flatMap((_, i) => READINGS[b].map((__, j) => pairOf(a, i, b, j)));
}

function pairsIn(answers: Answers): readonly string[] {
  return QUESTIONS.flatMap((a, i) => QUESTIONS.slice(i + 1).map((b) => pairOf(a, answers[a], b, answers[b])));
}

function pairOf(a: Question, i: number, b: Question, j: number): string {
  return QUESTIONS.indexOf(a) < QUESTIONS.indexOf(b) ? `${a}=${i}&${b}=${j}` : `${b}=${j}&${a}=${i}`;
}
