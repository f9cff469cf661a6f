/** What is known of a reason why an import is where it is. `reasons.ts` has all of them. */
import type { Text } from "../../platform/language.ts";
import type { StepState } from "./states.ts";

export interface Reason {
  /** The state of a step with this reason. */
  readonly state: StepState;
  readonly text: Text;
  /** The same of some imports, after their number, which is the fact `count`. */
  readonly many?: Text;
  /** What happens next and what a person can do, where it differs from other imports in this state. */
  readonly next?: Text;
  /**
   * What releases all imports with this reason together: turning the kill switch off, the approval of their source, or `imports release
   * --campaign`. A person can release every held import alone or with its source (with its source not while the kill switch is on, if that
   * is what holds it).
   */
  readonly bulk?: "switch" | "approval" | "campaign";
  /** A person's release lifts the check that gave this reason, for the present campaign of the import (`waived`). */
  readonly lifts?: true;
  /** The import fails a check that stays true: a release is recorded as `released_by_hand`. */
  readonly overrules?: true;
  /** Our own check rejected the import: it must pass before it is sent. */
  readonly failsCheck?: true;
  /** Rejected, and nobody has to do anything about it. */
  readonly isSettled?: true;
}

/** Of some imports that the kill switch holds. */
export const ALL_HELD: Text = {
  en: "{count|it waits|they wait} because all imports are held",
  fr: "{count|il attend|ils attendent} parce que tous les imports sont suspendus",
};

/** Of some imports behind the first of a new source. */
export const AWAIT_APPROVAL: Text = {
  en: "{count|it waits|they wait} for the first of {count|its|their} source",
  fr: "{count|il attend|ils attendent} la décision sur les premiers de {count|sa|leur} source",
};

/** The next step where the person who imports can help. */
export const FIX: Text = {
  en: "Fix what the reason names, and import it again.",
  fr: "Corrigez ce que le motif indique, puis importez-le de nouveau.",
};

/** The next step where nobody need do anything. */
export const GIVEN_UP: Text = {
  en: "Nothing. To send it after all: applicant-sync imports retry {id}",
  fr: "Rien à faire. Pour l'envoyer malgré tout : applicant-sync imports retry {id}",
};

/** Any reason that the API gave. */
export const OF_API: Reason = {
  state: "rejected",
  text: {
    en: "The API did not accept it, or its answer is unknown.",
    fr: "L'API ne l'a pas accepté, ou sa réponse est inconnue.",
  },
};
