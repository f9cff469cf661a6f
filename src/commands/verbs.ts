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
 * Adds `verbs` to `parent`. If one of the words of the command line is the name of a verb, only the file of the first such is
 * loaded: the kill switch must not wait for Prisma, BullMQ and an HTTP server. Otherwise all are, as a help text lists them
 * with their arguments.
 */
export async function addVerbs(parent: Command, verbs: readonly Verb[], words?: readonly string[]): Promise<void> {
  const named = words?.find((word) => verbs.some(({ name }) => name === word));
  for (const { name, summary, load } of verbs) {
    const command = parent.command(name).description(summary);
    if (named === undefined || named === name) await (await load()).declare(command, words);
  }
}

/** Adds examples to the help of a command, each as the arguments that follow its name; without any, its name alone. Returns the command. */
export function addExamples(command: Command, ...args: readonly string[]): Command {
  const lines = args.length === 0 ? [""] : args;
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent) names.unshift(one.name());
  return command.addHelpText("after", examples(...lines.map((text) => [...names, text].join(" ").trimEnd())));
}

/** The end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
