/** Wrong command lines, as Commander reports them. */
import { CommanderError, type Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "../../src/commands/program.ts";
import { usageText } from "../../src/commands/usage.ts";

async function messageOf(words: readonly string[]): Promise<string> {
  const program = await createProgram(words);
  silence(program);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  throw new Error(`${words.join(" ")} is accepted`);
}

function silence(command: Command): void {
  command.configureOutput({ outputError: () => {} });
  for (const one of command.commands) silence(one);
}

it.each([
  ["imprt", "erreur : commande inconnue : imprt\n(Vouliez-vous dire import ?)\n"],
  ["import", "erreur : il manque l'argument file\n"],
  ["import a.csv b.csv", "erreur : trop d'arguments : 1 au plus, et non 2.\n"],
  ["import a.csv --dryrun", "erreur : option inconnue : --dryrun\n(Vouliez-vous dire --dry-run ?)\n"],
  ["import a.csv --errors", "erreur : l'option --errors <file> attend une valeur\n"],
  ["review --accept 1 --reject 2", "erreur : l'option --accept <run> est incompatible avec l'option --reject <run>\n"],
  [
    "imports hold abc",
    "erreur : la valeur « abc » de l'argument id n'est pas valable. Un id est un nombre entier supérieur à 0.\n",
  ],
  [
    "status --max-age soon",
    "erreur : la valeur « soon » de l'option --max-age <duration> n'est pas valable. Une durée est un nombre et son unité : 90m, 26h ou 2d.\n",
  ],
])("%s is refused in French", async (line, french) => {
  const message = await messageOf(line.split(" "));
  expect(usageText(message, "fr")).toBe(french);
  expect(usageText(message, "en")).toMatch(/^error: \P{Cc}+\n(?:\P{Cc}+\n)?$/u);
});

it("names the choices in French", async () => {
  const message = await messageOf(["people", "export", "--language", "de"]);
  expect(usageText(message, "fr")).toBe(
    "erreur : la valeur « de » de l'option --language <code> n'est pas valable. Valeurs possibles : en, fr.\n",
  );
});
