import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { format, resolveConfig } from "prettier";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { grantReports } from "../../src/report/grant.ts";
import { QUESTIONS, type Question } from "../../src/report/questions.ts";
import { useDatabase } from "../support/database.ts";
import { renewPage, ROOT } from "../support/docs.ts";
import { asSuperuser } from "../support/postgres.ts";
import { createRole } from "../support/role.ts";
import { recruitingBoard } from "./board.ts";

const database = useDatabase();
const BOARD = new URL("deploy/grafana/recruiting.json", ROOT);
const GUIDE = "docs/metabase.md";

test("the board of Grafana asks the twelve questions (`npm run docs` writes it)", async () => {
  const text = await format(JSON.stringify(recruitingBoard()), {
    ...(await resolveConfig(fileURLToPath(BOARD))),
    parser: "json",
  });
  await expect(text).toMatchFileSnapshot(fileURLToPath(BOARD));
});

test("the guide to Metabase has the SQL of the twelve questions (`npm run docs` writes it)", async () => {
  const questions = Object.values<Question>(QUESTIONS).map(({ title, sql }) =>
    [`### ${title.en}`, `_${title.fr}_`, `\`\`\`sql\n${sql.replaceAll("$1", "{{account}}")};\n\`\`\``].join("\n\n"),
  );
  const { text, file } = await renewPage(GUIDE, { questions: questions.join("\n\n") });
  await expect(text).toMatchFileSnapshot(file);
});

const boardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ rawSql: z.string() })) })),
});

test("a role that was granted reports runs every statement of the board and of the guide", async () => {
  const [{ name }] = await database().$queryRaw<[{ name: string }]>`select current_database() as name`;
  const url = `postgresql://localhost/${name}`;
  const role = await createRole(url);
  await grantReports(database(), role);
  const client = new Client({ connectionString: asSuperuser(url) });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`set session authorization ${role}`);
  const { panels } = boardSchema.parse(JSON.parse(await readFile(BOARD, "utf8")));
  const guide = (await readFile(new URL(GUIDE, ROOT), "utf8")).split("```sql\n").slice(1);
  const statements = [
    ...panels.flatMap(({ targets }) =>
      targets.map(({ rawSql }) => rawSql.replaceAll("${account:sqlstring}", "'default'")),
    ),
    ...guide.map((part) => (part.split("```")[0] ?? "").replaceAll("{{account}}", "'default'")),
  ];
  expect(statements).toHaveLength(2 * Object.keys(QUESTIONS).length);
  for (const statement of statements) await client.query(statement);
});
