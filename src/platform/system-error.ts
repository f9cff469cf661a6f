/** Whether `error` is a system error (or one of Postgres) with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = codeOf(error);
  return code !== null && codes.includes(code);
}

/** `ENOENT`, `ECONNREFUSED` … of the system, or the five characters of an SQLSTATE; null for anything else. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
