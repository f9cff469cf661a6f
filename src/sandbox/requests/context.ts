import type { SandboxData } from "../data/data.ts";
import type { Effects } from "./effects.ts";
import type { ListDistortion } from "./faults.ts";
import type { SandboxKey } from "./keys.ts";
import type { Variants } from "../variants.ts";
import type { Refusals } from "./refusals.ts";
import type { Render } from "./render.ts";

/** What every request is answered from. */
export interface Surroundings {
  readonly data: SandboxData;
  readonly variants: Variants;
  readonly refusals: Refusals;
  readonly render: Render;
  readonly effects: Effects;
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
