import { expect, it } from "vitest";
import { renderStatuses } from "../../src/commands/report/statuses.ts";

const LONG = `Dossier en attente de validation par la direction ${"régionale ".repeat(30)}`;
const status = (name: string) => ({ status: name, category: null, isGuessed: true, applications: 3 });

it("no line of the table is wider than the terminal, however long a status is, and it says where the whole name stands", () => {
  for (const language of ["en", "fr"] as const) {
    const text = renderStatuses([status(LONG), status("Vivier"), status("\u202e".repeat(30))], 0, {
      language,
      width: 100,
    });
    const [head = "", ...lines] = text.split("\n");
    expect([head, ...lines.slice(0, 3)].map((line) => line.length <= 100)).toEqual([true, true, true, true]);
    expect(text).toMatch(/--json/);
    // A name that can be typed is the example.
    expect(text).toMatch(/--set "Vivier=refused"$/);
  }
});

it("where no terminal reads it, names are whole; a name that cannot be typed is no example", () => {
  const text = renderStatuses([status('a "pool" of $HOME')], 0, { language: "en", width: undefined });
  expect(text).toMatch(/a "pool" of \$HOME/);
  expect(text).toMatch(/--set "STATUS=refused"$/);
  expect(text).not.toMatch(/--json/);
});
