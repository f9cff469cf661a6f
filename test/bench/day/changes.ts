export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What happens on a day at the source, and how often. */
export const CHANGES = {
  "new application": 300,
  "status change": 600,
  "silent edit": 100,
  deletion: 40,
  "new campaign": 5,
} as const;
export type ChangeKind = keyof typeof CHANGES;

export interface Change {
  readonly kind: ChangeKind;
  readonly at: number;
}

/** Most of it while people work, the rest at any other hour of the day. */
export const WORK = { from: 8, to: 19, share: 0.8 } as const;

/** The changes of a day that begins at `midnight`, in the order in which they happen. */
export function changesOf(midnight: number, draw: () => number): readonly Change[] {
  return kinds
    .flatMap((kind) =>
      Array.from({ length: CHANGES[kind] }, () => ({ kind, at: midnight + hourOfDay(draw) * HOUR_MS })),
    )
    .toSorted((a, b) => a.at - b.at);
}

export const kinds: readonly ChangeKind[] = Object.keys(CHANGES).filter(isKind);

function isKind(name: string): name is ChangeKind {
  return Object.hasOwn(CHANGES, name);
}

function hourOfDay(draw: () => number): number {
  const hours = WORK.to - WORK.from;
  if (draw() < WORK.share) return WORK.from + draw() * hours;
  const other = draw() * (24 - hours);
  return other < WORK.from ? other : other + hours;
}
