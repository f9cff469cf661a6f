/** One row as it is at a time; a change makes another object of it. */
export interface Row {
  readonly id: number;
  /** Changes so far. */
  readonly version: number;
  readonly status: string;
  readonly statusAt: number;
}

/** A window of a list: one status, reached at that time or later. */
export interface Window {
  readonly status: string;
  readonly since: number;
}

export function isWithin({ status, statusAt }: Row, window: Window): boolean {
  return status === window.status && statusAt >= window.since;
}

/** The statuses of the sandbox, with their shares of all applications and of those that are moved. */
const STATUSES = [
  { value: "new", held: 0.22, reached: 0 },
  { value: "interview", held: 0.2, reached: 0.35 },
  { value: "offer", held: 0.05, reached: 0.08 },
  { value: "hired", held: 0.08, reached: 0.07 },
  { value: "rejected", held: 0.45, reached: 0.5 },
] as const;

export const FIRST_STATUS = STATUSES[0].value;
export const STATUS_VALUES = STATUSES.length;

export function drawStatus(among: "held" | "reached", draw: () => number): string {
  let rest = draw();
  return STATUSES.find((status) => (rest -= status[among]) < 0)?.value ?? STATUSES[1].value;
}
