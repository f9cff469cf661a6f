import { EventEmitter, once } from "node:events";

import type { SandboxData } from "./data.ts";
import type { SeenRequest } from "../requests/context.ts";
import type { Fault } from "../requests/faults.ts";

/** Which requests a rule applies to. Only those that passed authentication and quota are counted. */
interface RequestMatch {
  readonly method?: string;
  /** Below the base URL; `:name` stands for one segment, as in `/applicants/:id`. By default any path, including `/jwt`. */
  readonly path?: string;
  /** `body` is that of the request, which is not recorded. */
  readonly where?: (request: SeenRequest, body: string) => boolean;
  /** The first matching request to act on; 1 is the next one, which is the default. */
  readonly nth?: number;
  /** How many matching requests to act on from there: 1 by default, all of them with a `probability`. */
  readonly times?: number;
  /** Acts on each of them with this probability only, drawn from the seed. */
  readonly probability?: number;
}

export type Change = (data: SandboxData, request: SeenRequest) => void | Promise<void>;

interface Rule {
  /** How many requests it has been applied to. */
  readonly hits: number;
  /** Resolves when it is applied to the first one. */
  readonly reached: Promise<void>;
  readonly cancel: () => void;
}

export interface SandboxScript {
  /** Runs a change just before a matching request is answered: between it and the request before. */
  readonly before: (match: RequestMatch, change: Change) => Rule;
  /** Runs a change between making the answer to a matching request and sending it. */
  readonly after: (match: RequestMatch, change: Change) => Rule;
  /** Answers matching requests with a fault. If several faults match a request, the first scripted one applies. */
  readonly fault: (fault: Fault, match?: RequestMatch) => Rule;
  /** Cancels all rules. */
  readonly clear: () => void;
}

/** The rules that apply to one request. */
interface Part {
  readonly before: readonly Change[];
  readonly after: readonly Change[];
  readonly fault: Fault | null;
}

/** One of them: what a rule does to the requests that it applies to. */
interface Act {
  readonly before?: Change;
  readonly after?: Change;
  readonly fault?: Fault;
}

export interface Script extends SandboxScript {
  /** Counts the request and returns the rules that apply to it. */
  readonly partOf: (request: SeenRequest, body: string) => Part;
}

type IsMatch = (request: SeenRequest, body: string) => boolean;

export function createScript(draw: () => number): Script {
  const rules = new Set<Act & { readonly claims: IsMatch }>();

  const add = (act: Act, match: RequestMatch): Rule => {
    const { nth = 1, probability = 1, times = match.probability === undefined ? 1 : Infinity } = match;
    const reached = createLatch();
    const isMatch = createMatcher(match);
    let matched = 0;
    let hits = 0;
    const claims: IsMatch = (request, body) => {
      if (!isMatch(request, body)) return false;
      matched += 1;
      if (matched < nth || matched >= nth + times || (probability < 1 && draw() >= probability)) return false;
      hits += 1;
      reached.open();
      return true;
    };
    const rule = { ...act, claims };
    rules.add(rule);
    return {
      get hits() {
        return hits;
      },
      reached: reached.opened,
      cancel: () => void rules.delete(rule),
    };
  };

  return {
    before: (match, change) => add({ before: change }, match),
    after: (match, change) => add({ after: change }, match),
    fault: (fault, match = {}) => add({ fault }, match),
    clear: () => rules.clear(),
    partOf(request, body) {
      const acting = [...rules].filter((rule) => rule.claims(request, body));
      return {
        before: acting.flatMap(({ before }) => before ?? []),
        after: acting.flatMap(({ after }) => after ?? []),
        fault: acting.find(({ fault }) => fault !== undefined)?.fault ?? null,
      };
    },
  };
}

function createMatcher({ method, path, where }: RequestMatch): IsMatch {
  const segments = path?.split("/");
  return (request, body) =>
    (method === undefined || method === request.method) &&
    (segments === undefined || matchesPath(segments, request.path.split("/"))) &&
    (where === undefined || where(request, body));
}

const matchesPath = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length &&
  pattern.every((segment, index) => segment.startsWith(":") || segment === path[index]);

/** `Promise.withResolvers` is not in Node 20. */
function createLatch(): { readonly opened: Promise<void>; readonly open: () => void } {
  const waiting = new EventEmitter();
  const opened = once(waiting, "open").then(() => undefined);
  return { opened, open: () => void waiting.emit("open") };
}
