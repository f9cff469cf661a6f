/** The value below which this share of all lies; NaN without any. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** `12.3`: one figure after the point, as people compare. */
export function short(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : "none";
}
