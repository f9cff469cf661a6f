import { existsSync } from "node:fs";

// `prisma generate` needs no engine, yet it downloads one unless a file is set. Any existing file serves,
// so a closed network can build. Other Prisma commands do need the engine and fetch it as usual.
if (process.argv.includes("generate") && process.env["PRISMA_SCHEMA_ENGINE_BINARY"] === undefined) {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] = process.execPath;
}
if (existsSync(".env")) process.loadEnvFile(".env");

export default {
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "" },
};
