import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { createDatabase, inTransaction } from "../../src/database/client.ts";
import { inPlainTransaction, type Statements } from "../../src/database/statements.ts";
import { createTestDatabase } from "../support/postgres.ts";

/** A way to a Postgres that garbles the first BEGIN, as many bytes for as many: an error, and the connection lives on. */
async function garbleFirstBegin(databaseUrl: string): Promise<string> {
  const { hostname, port } = new URL(databaseUrl);
  let isDone = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on("data", (bytes) => {
      const at = isDone ? -1 : bytes.indexOf("BEGIN\0");
      if (at >= 0) isDone = bytes.write("BEGUN", at) > 0;
      upstream.write(bytes);
    });
    upstream.pipe(client);
    client.on("close", () => upstream.destroy()).on("error", () => {});
    upstream.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === "string" ? "" : address?.port}`;
  return url.href;
}

it.each([
  { way: "with Prisma", transact: inTransaction },
  { way: "without Prisma", transact: inPlainTransaction },
])(
  "nothing is written by a transaction $way that could not begin, whatever it makes of its errors",
  async ({ transact }) => {
    const { url, drop } = await createTestDatabase();
    const database = createDatabase(await garbleFirstBegin(url), { connections: 1 });
    const write = (account: string) =>
      transact(database, async (tx: Statements) => {
        const insert = () => tx.$executeRaw`insert into public.import_control (account) values (${account})`;
        await insert().catch(insert);
      });
    await expect(write("lost")).rejects.toThrow(/syntax error/);
    await write("kept");
    expect(await database.importControl.findMany({ select: { account: true } })).toEqual([{ account: "kept" }]);
    await database.$disconnect();
    await drop();
  },
);
