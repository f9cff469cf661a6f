import type { Command } from "commander";
import { addVerbs, addExamples, type Verb } from "../verbs.ts";

const VERBS: readonly Verb[] = [
  {
    name: "list",
    summary: "list imports and their states, newest first; of what was submitted, only the key is shown",
    load: () => import("./list.ts"),
  },
  {
    name: "show",
    summary: "show everything about one import, by its id, its key or the person, and what to do next",
    load: () => import("./show.ts"),
  },
  {
    name: "retry",
    summary: "send rejected imports again as they are; look up imports of unknown outcome now",
    load: () => import("./retry.ts"),
  },
  {
    name: "resolve",
    summary: "settle imports of unknown outcome by what you found in the account, or drop them",
    load: () => import("./resolve.ts"),
  },
  {
    name: "drop",
    summary: "give up imports that are not in the account yet: they are never sent",
    load: () => import("./drop.ts"),
  },
  {
    name: "dismiss",
    summary: "dismiss rejected imports: nobody is asked to look at them any more",
    load: () => import("./dismiss.ts"),
  },
  {
    name: "hold",
    summary:
      "hold waiting imports; --all is the kill switch: nothing more is sent, including imports that arrive later",
    load: () => import("./hold.ts"),
  },
  {
    name: "release",
    summary: "release held imports; --all turns the kill switch off and releases what it held",
    load: () => import("./release.ts"),
  },
];

export async function declare(command: Command, words?: readonly string[]): Promise<void> {
  addExamples(command, "list", "hold --all");
  await addVerbs(command, VERBS, words);
}
