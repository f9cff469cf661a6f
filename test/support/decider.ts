import type { Decider } from "../../src/database/audit.ts";

/** A person who decides by a command, without a reason. */
export const PERSON: Decider = { source: "command", role: "operator", name: "amelie", why: null };

export const because = (why: string): Decider => ({ ...PERSON, why });
