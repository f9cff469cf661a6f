import { setMaxListeners } from "node:events";
import { createData, type SandboxData } from "./data/data.ts";
import { createSequence } from "./data/random.ts";
import { createScript, type SandboxScript } from "./data/script.ts";
import { createAuth } from "./requests/auth.ts";
import type { SandboxEffect, SandboxMail, SeenRequest } from "./requests/context.ts";
import { createHttp } from "./requests/http.ts";
import { type SandboxKey, WELL_KNOWN_KEYS } from "./requests/keys.ts";
import { createPipeline } from "./requests/pipeline.ts";
import { createQuota, type QuotaOptions } from "./requests/quota.ts";
import { createRefusals } from "./requests/refusals.ts";
import { createRender } from "./requests/render.ts";
import { chooseVariants, type Variants } from "./variants.ts";

export interface SandboxOptions {
  /** By default a free port. */
  readonly port?: number;
  /** 1 by default. The same seed gives the same data on any day. */
  readonly seed?: number;
  /** 60 by default. */
  readonly campaigns?: number;
  /** 3,000 by default. */
  readonly applications?: number;
  /** By default one well-known key of each kind, with all its scopes. */
  readonly keys?: readonly SandboxKey[];
  /** By default 120 in a rolling minute, counted per key; null lifts it. */
  readonly quota?: QuotaOptions | null;
  /** Milliseconds before each answer; none by default. */
  readonly latency?: { readonly min: number; readonly max: number };
  readonly variants?: Partial<Variants>;
  /** Life of a token from `POST /jwt` in seconds; 4 hours by default. */
  readonly tokenLife?: number;
  /** Milliseconds since the epoch, for tokens, quota and log. If set, the two years of data end at this time too. */
  readonly now?: () => number;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT/v2` */
  readonly url: string;
  /** `http://127.0.0.1:PORT` */
  readonly audience: string;
  readonly keys: readonly SandboxKey[];
  readonly data: SandboxData;
  /** All requests received, in order, including refused and faulted ones. */
  readonly requests: readonly SeenRequest[];
  /** The effects of creations, in order. */
  readonly effects: readonly SandboxEffect[];
  /** The e-mails that creations would have sent, in order. */
  readonly mails: readonly SandboxMail[];
  readonly script: SandboxScript;
  /** Also cuts hanging and slow answers. */
  readonly close: () => Promise<void>;
}

const FOUR_HOURS_S = 4 * 3_600;
const BAN_MS = 5 * 60_000;
const LATENCY_SALT = 900;
const FAULT_SALT = 901;

/**
 * A local stand-in of the Kelio ATS API, on 127.0.0.1 only, for both kinds of account. Throws what Node throws if it
 * cannot listen on the port.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = 1, campaigns = 60, applications = 3_000, keys = WELL_KNOWN_KEYS, tokenLife = FOUR_HOURS_S } = options;
  const now = options.now ?? Date.now;
  const data = createData({ seed, campaigns, applications }, options.now);
  const variants = chooseVariants(options.variants);
  const effects: SandboxEffect[] = [];
  const mails: SandboxMail[] = [];
  const script = createScript(createSequence(seed, FAULT_SALT));
  const closing = new AbortController();
  // Every slow answer listens to it.
  setMaxListeners(0, closing.signal);
  const requests: SeenRequest[] = [];
  // Set once the server listens; no request arrives before.
  let audience = "";

  const serve = createPipeline({
    data,
    variants,
    refusals: createRefusals(variants),
    render: createRender(variants),
    effects,
    mails,
    now,
    auth: createAuth({ keys, audience: () => audience, now, tokenLife, variants }),
    keys,
    quota: createQuota(quotaOf(options.quota, variants), now),
    script,
    latency: createLatency(options.latency, createSequence(seed, LATENCY_SALT)),
    closing: closing.signal,
  });
  const http = createHttp({ serve, now, log: (request) => void requests.push(request) });
  const port = await http.listen(options.port ?? 0);
  audience = `http://127.0.0.1:${port}`;

  return {
    url: `${audience}/v2`,
    audience,
    keys,
    data,
    requests,
    effects,
    mails,
    script,
    async close() {
      closing.abort();
      await http.close();
    },
  };
}

/** By default a ban lasts longer than the minute. */
function quotaOf(
  quota: QuotaOptions | null = { limit: 120, window: "rolling" },
  { overQuota }: Variants,
): QuotaOptions | null {
  return quota !== null && overQuota === "banned" ? { banMs: BAN_MS, ...quota } : quota;
}

function createLatency(range: SandboxOptions["latency"], draw: () => number): () => number {
  if (range === undefined) return () => 0;
  return () => range.min + draw() * (range.max - range.min);
}

/**
 * The lines of a `.env` that points at the sandbox, one block a key. The first block is live, the others are commented
 * out, so that all of it can be pasted at once.
 */
export function describeSandbox(sandbox: Pick<Sandbox, "url" | "audience" | "keys">): string {
  const blocks = sandbox.keys.map((key, index) => {
    const lines = [
      `KELIO_ACCOUNT_KIND=${key.kind}`,
      `KELIO_API_URL=${sandbox.url}`,
      `KELIO_AUDIENCE=${sandbox.audience}`,
      `KELIO_PRIVATE_KEY=${key.privateKey}`,
      `KELIO_SECRET_KEY=${key.secretKey}`,
    ];
    return [`# ${key.kind} account of the local sandbox`, ...(index === 0 ? lines : lines.map((line) => `# ${line}`))];
  });
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
