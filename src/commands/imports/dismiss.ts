import type { Command } from "commander";
import { dismissImport } from "../../outbox/operations/review.ts";
import { declareEach } from "./each.ts";

export function declare(command: Command): void {
  declareEach(command, "dismiss", "dismiss.csv", ({ config }, { database }, by) => {
    const store = { database, account: config.account, by };
    return (id) => dismissImport(store, id);
  });
}
