import type { Command } from "commander";
import { resolveImport } from "../../outbox/operations/review.ts";
import { declareEach } from "./each.ts";

export function declare(command: Command): void {
  declareEach(command, "drop", "drop.csv", ({ config }, { database }, by) => {
    const store = { database, account: config.account, by };
    return (id) => resolveImport(store, id, { is: "drop" });
  });
}
