import { PrismaPg } from "@prisma/adapter-pg";

const texts = new Map<string, string>();

/**
 * Runs a statement of a transaction with a parameter that stands for `text`, which reaches the driver unchanged. Prisma
 * serialises every parameter several times, which for a page of rows costs more than storing it in Postgres.
 */
export async function withLargeText<T>(text: string, run: (parameter: string) => Promise<T>): Promise<T> {
  const parameter = `large-text:${crypto.randomUUID()}`;
  texts.set(parameter, text);
  try {
    return await run(parameter);
  } finally {
    texts.delete(parameter);
  }
}

/** Prisma's adapter for pg. In transactions it replaces such parameters by their texts. */
export class PrismaPgWithLargeTexts extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await start(isolationLevel);
      const execute = transaction.executeRaw.bind(transaction);
      transaction.executeRaw = (query) => execute({ ...query, args: query.args.map(delivered) });
      return transaction;
    };
    return adapter;
  }
}

/** pg calls `toPostgres` when it writes the message. Until then the text is not copied: the adapter keeps its last hundred queries. */
function delivered(argument: unknown): unknown {
  if (typeof argument !== "string" || !texts.has(argument)) return argument;
  return { toPostgres: () => texts.get(argument) };
}
