import type { Command } from "commander";
import { addVerbs, addExamples, type Verb } from "../verbs.ts";

const VERBS: readonly Verb[] = [
  {
    name: "show",
    summary: "show what is kept of one person, table by table, and whether the vendor still has them",
    load: () => import("./show.ts"),
  },
  {
    name: "export",
    summary: "write everything that is kept of one person to a file that they can read, in English or French",
    load: () => import("./export.ts"),
  },
  {
    name: "erase",
    summary: "erase one person for good, after saying what goes and what stays; they do not come back",
    load: () => import("./erase.ts"),
  },
  {
    name: "suppress",
    summary: "keep one person from being mirrored by more than ids and from ever being created",
    load: () => import("./suppress.ts"),
  },
  {
    name: "unsuppress",
    summary: "let one person come back with the next sync and the next import",
    load: () => import("./unsuppress.ts"),
  },
  {
    name: "renew-key",
    summary: "renew the key by which suppressed people are recognised; the former one goes on beside it",
    load: () => import("./renew-key.ts"),
  },
  {
    name: "pending",
    summary: "list the people who were erased here and whom the vendor still has",
    load: () => import("./pending.ts"),
  },
];

export async function declare(command: Command, words?: readonly string[]): Promise<void> {
  addExamples(command, "show < address.txt", "show --applicant 17");
  await addVerbs(command, VERBS, words);
}
