/** The SQLSTATE of an error, however it reached us: from pg, or from Prisma around it. Null: it is none of Postgres. */
export function sqlStateOf(error: unknown): string | null {
  const { code, meta, cause } = fieldsOf(error);
  const { driverAdapterError } = fieldsOf(meta);
  const found = [code, fieldsOf(fieldsOf(driverAdapterError)["cause"])["originalCode"], fieldsOf(meta)["code"]].find(
    (one): one is string => typeof one === "string" && /^[0-9A-Z]{5}$/.test(one) && !/^P[1-9]/.test(one),
  );
  return found ?? (cause === undefined || cause === error ? null : sqlStateOf(cause));
}

/** A lock was not to be had in the time that `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return sqlStateOf(error) === "55P03";
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value, ...causeOf(value) } : {};
}

/** Of an error these are no own enumerable properties. */
function causeOf(value: object): Readonly<Record<string, unknown>> {
  return value instanceof Error ? { cause: value.cause, ...("code" in value ? { code: value.code } : {}) } : {};
}
