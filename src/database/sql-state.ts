import { z } from "zod";

/** How Prisma hands on what the driver said, whichever of its own codes it gives the error. */
const prismaError = z.object({
  meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }) }),
});

/** The five characters in which Postgres says what was wrong with a statement; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  const { success, data } = prismaError.safeParse(error);
  return success ? data.meta.driverAdapterError.cause.originalCode : null;
}
