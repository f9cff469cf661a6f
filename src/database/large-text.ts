import { PrismaPg } from "@prisma/adapter-pg";

const texts = new Map<string, string>();

/**
 * Runs a statement of a transaction with a parameter that stands for `text`, which reaches the driver as it is. Prisma
 * writes every parameter as JSON several times over, which for a page of rows costs more than Postgres needs to store it.
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

/** Prisma's adapter for pg; in transactions it replaces their parameters by the large texts. */
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

/** Asked for by pg when it writes the message (`toPostgres`): the adapter keeps its last hundred queries for debugging. */
function delivered(argument: unknown): unknown {
  if (typeof argument !== "string" || !texts.has(argument)) return argument;
  return { toPostgres: () => texts.get(argument) };
}
