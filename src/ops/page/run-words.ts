/** How runs are named and coloured on the page. */
import type { Language, Text } from "../../platform/language.ts";
import { html, type Fragment } from "./html.ts";
import type { RunState } from "../../sync/runs/runs.ts";

/** `planned`: it has not begun. */
export type Stage = RunState | "planned";

interface StageWords extends Text {
  readonly colour: "red" | "amber" | "green" | "soft" | "blue";
}

export const STAGES: Readonly<Record<Stage, StageWords>> = {
  running: { en: "running", fr: "en cours", colour: "blue" },
  proven: { en: "proven", fr: "prouvée", colour: "green" },
  done: { en: "done", fr: "terminée", colour: "green" },
  unproven: { en: "unproven", fr: "non prouvée", colour: "amber" },
  needs_review: { en: "waits for a decision", fr: "attend une décision", colour: "red" },
  failed: { en: "failed", fr: "échouée", colour: "red" },
  planned: { en: "planned", fr: "prévue", colour: "soft" },
};

export const RUN_KINDS: Readonly<Record<string, Text>> = {
  full: { en: "full", fr: "complète" },
  incremental: { en: "incremental", fr: "incrémentale" },
};

export const TRIGGERS: Readonly<Record<string, Text>> = {
  schedule: { en: "schedule", fr: "planification" },
  command: { en: "a person", fr: "une personne" },
};

export function isStage(state: string): state is Stage {
  return Object.hasOwn(STAGES, state);
}

/** The words of a state as the database has it. */
export function stageOf(state: string): StageWords {
  return isStage(state) ? STAGES[state] : { en: state, fr: state, colour: "soft" };
}

/** What a state is called, in its colour. */
export function stageMark(state: string, language: Language): Fragment {
  const { [language]: word, colour } = stageOf(state);
  return html`<span class="${colour}">${word}</span>`;
}
