import type { Command } from "commander";
import { declareSuppression } from "./suppression.ts";

export function declare(command: Command): void {
  declareSuppression(command, "suppress");
}
