import { AppError } from "../../platform/errors.ts";
import type { CallContext } from "./exchange.ts";
import type { IssuedToken } from "./jwt.ts";

const RENEW_AT = 0.8;
/** While the old token is valid, requests do not retry a failed renewal for this long. */
const RENEWAL_PAUSE_MS = 60_000;

interface Token {
  readonly value: string;
  readonly serial: number;
}

export interface TokenDeps {
  /** Makes or fetches a token. */
  readonly issue: (context: CallContext) => Promise<IssuedToken>;
  /** Whether `issue` sends a request, and so uses the one that its caller may make. */
  readonly issueSends: boolean;
  readonly now: () => number;
}

export interface Tokens {
  /**
   * Returns a valid token. Callers that find none share one renewal. If the renewal sends a request, the caller that started
   * it gets an `AppError` `token_renewed` with disposition `requeue`, and makes its own request later.
   */
  get(context: CallContext): Promise<Token>;
  /** Reports that the API accepted the token. */
  accepted(token: Token): void;
  /** Reports that the API refused the token (401). `final`: it was new, and the one before it was refused too: renewing does not help. */
  rejected(token: Token): "retry" | "final";
}

export function createTokens({ issue, issueSends, now }: TokenDeps): Tokens {
  let current: (Token & { readonly expiresAt: number; renewAt: number }) | null = null;
  let renewal: Promise<void> | null = null;
  let serial = 0;
  let rejectionsInARow = 0;
  /** The serial of the latest token for which `rejected` returned `final`. */
  let hopeless = 0;

  async function renew(context: CallContext): Promise<void> {
    const startedAt = now();
    try {
      const { value, expiresAt } = await issue(context);
      current = { value, serial: ++serial, expiresAt, renewAt: startedAt + RENEW_AT * (expiresAt - startedAt) };
    } catch (error) {
      if (current !== null) current.renewAt = now() + RENEWAL_PAUSE_MS;
      throw error;
    } finally {
      renewal = null;
    }
  }

  const usable = (): Token | null =>
    current !== null && now() < Math.min(current.renewAt, current.expiresAt) ? current : null;

  return {
    async get(context) {
      const token = usable();
      if (token !== null) return token;
      const starts = renewal === null;
      renewal ??= renew(context);
      await unlessStopped(renewal, context.signal);
      if (starts && issueSends) {
        throw new AppError("token_renewed", "The token was renewed; the request follows.", { disposition: "requeue" });
      }
      const renewed = usable();
      if (renewed !== null) return renewed;
      throw new AppError("token_lost", "The new token was refused before this request used it.");
    },

    accepted(token) {
      if (token.serial === current?.serial) rejectionsInARow = 0;
    },

    rejected(token) {
      if (token.serial === hopeless) return "final";
      if (token.serial !== current?.serial) return "retry";
      current = null;
      rejectionsInARow += 1;
      if (rejectionsInARow === 1) return "retry";
      hopeless = token.serial;
      return "final";
    },
  };
}

function unlessStopped(renewal: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return renewal;
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(new AppError("api_stopped", "Abandoned, because the process is stopping.", { disposition: "requeue" }));
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    void renewal.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
