import type { SandboxData } from "../data/data.ts";
import type { Variants } from "../variants.ts";
import type { ListDistortion } from "./faults.ts";
import type { SandboxKey } from "./keys.ts";
import type { Refusals } from "./refusals.ts";
import type { Render } from "./render.ts";

/** The data that every request is answered from, and the lists in which its effects are recorded. */
export interface Surroundings {
  readonly data: SandboxData;
  readonly variants: Variants;
  readonly refusals: Refusals;
  readonly render: Render;
  readonly effects: SandboxEffect[];
  readonly mails: SandboxMail[];
  readonly now: () => number;
}

/** One request that passed authentication, quota and scope. */
export interface RequestContext extends Surroundings {
  readonly key: SandboxKey;
  readonly keyIndex: number;
  readonly params: Readonly<Record<string, string>>;
  /** Below the base URL, still encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The body as text; empty if there was none. */
  readonly body: string;
  /** What a scripted fault does to a list. */
  readonly distortion: ListDistortion;
}

/** A request that arrived, with or without an answer. */
export interface SeenRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Below the base URL, still encoded: `/jobboards/applications`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Null without an answer: still in progress, hanging, or reset. */
  readonly status: number | null;
  /** Index of the key in `keys`; null if it was not recognised. */
  readonly key: number | null;
  /** What kept it from a regular answer; null: nothing did. */
  readonly refusedBy: "barrier" | "auth" | "quota" | "scope" | "fault" | null;
}

/** A request that is still being answered. */
export interface OpenRequest extends SeenRequest {
  status: number | null;
  key: number | null;
  refusedBy: SeenRequest["refusedBy"];
}

/** The effect of a creation. A refused one has none. */
export interface SandboxEffect {
  readonly at: number;
  readonly kind: "applicant" | "application";
  readonly outcome: "created" | "merged" | "overwritten" | "doubled";
  readonly id: number;
  readonly email: string;
  readonly company_id: number;
  readonly campaign_id: number | null;
  /** Index of the key that requested it. */
  readonly key: number;
  /** Size and type of the résumé, never its content. */
  readonly resume: { readonly bytes: number; readonly mime_type: string } | null;
}

/** An e-mail that the vendor would have sent. None is ever sent. */
export interface SandboxMail {
  readonly at: number;
  readonly to: string;
  /** `terms`: the link to accept the vendor's terms (reference 9.4). `application`: a notice, if the variants say so. */
  readonly kind: "terms" | "application";
  readonly company_id: number;
  readonly applicant_id: number;
}

/** The value of a JSON body; undefined if it is not JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
