import type { Command } from "commander";

/** A command as the list of all commands shows it. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Loads its file, which declares its arguments and options, and what it does. */
  readonly load: () => Promise<{
    readonly declare: (command: Command, words?: readonly string[]) => void | Promise<void>;
  }>;
}

/**
 * Adds `verbs` to `parent`. Only the files of those whose names are among `words` are loaded, or all without `words`: the kill
 * switch must not wait for Prisma, BullMQ and an HTTP server to load.
 */
export async function addVerbs(parent: Command, verbs: readonly Verb[], words?: readonly string[]): Promise<void> {
  for (const { name, summary, load } of verbs) {
    const command = parent.command(name).description(summary);
    if (words === undefined || words.includes(name)) await (await load()).declare(command, words);
  }
}

/** The end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
