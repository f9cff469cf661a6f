/** A length of time in the unit a person would say: `45 s`, `10 min`, `2.5 h`, `3 days`. */
export function spellDuration(seconds: number): string {
  if (seconds < 120) return `${short(seconds)} s`;
  if (seconds < 2 * 3600) return `${short(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${short(seconds / 3600)} h`;
  return `${short(seconds / 86_400)} days`;
}

/** Two figures are enough. */
function short(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
