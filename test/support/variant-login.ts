/** The role of a variant of the database (variants.ts). */
export const LOGIN = { user: "variant", password: "variant" };

/** `url` for the variant's role, at `pooler` (`host:port`) if that is set. */
export function loginTo(url: string, pooler?: string): string {
  const target = Object.assign(new URL(url), { username: LOGIN.user, password: LOGIN.password });
  if (pooler !== undefined) target.host = pooler;
  return target.href;
}
