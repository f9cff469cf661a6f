const NEAR = 0.9;
/** The pauses of 1, 2, 4, 8 and 15 minutes are longer than any ban that ends by itself. */
const MOST_MS = 3_600_000;
/** After this many refusals of a path with pauses between them, while others are answered, the path itself is refused. */
const MOST_ALONE = 3;
const PAUSE_MS = 60_000;
const JITTER_MS = 5_000;

/** What the request log says when a 403 arrives, without this answer. A path includes its method. */
export interface RecentRequests {
  /** Requests of ours in the last 60 s. */
  readonly lastMinute: number;
  /** Whether this path got a 2xx in the last seven days. */
  readonly pathAnswered: boolean;
  /** How many of the latest answers of this path in a row were 403; those in flight together count once. */
  readonly refusedInARow: number;
  /** Since when this path has been answered with 403 alone, in milliseconds; 0: it has not been. */
  readonly refusedForMs: number;
  /** Whether another path got a 2xx since. */
  readonly othersAnswered: boolean;
  /** Whether, since the last 2xx of any path, a 403 was about more than its own request, or ten were about their own. */
  readonly othersRefused: boolean;
  /** Whether an earlier 403 paused the account less than an hour ago, and nothing was answered since. */
  readonly pauseStands: boolean;
}

/**
 * What a 403 is: the API gives the same status for the quota, a ban, a firewall and a missing scope (question Q5 and section 16
 * of the reference, invariant I3). `quota`: near the quota, or on a path that was answered before, since its scope is granted
 * then, or while such a pause stands: a pause, twice as long each time. `refused`: far below the quota on a path that was never
 * answered (a missing scope is reported at once), on one that stays refused while others are answered, or for an hour. `alone`: a request
 * that may be refused for what it holds (`mayBeAlone`: a resume, an offer), right after other requests were answered.
 */
export function classifyForbidden(
  recent: RecentRequests,
  requestsPerMinute: number,
  mayBeAlone = false,
): "quota" | "refused" | "alone" {
  if (recent.lastMinute >= NEAR * requestsPerMinute) return "quota";
  if (!recent.pathAnswered) return recent.pauseStands && recent.refusedInARow < MOST_ALONE ? "quota" : "refused";
  if (mayBeAlone && !recent.othersRefused) return "alone";
  if (recent.refusedForMs > MOST_MS) return "refused";
  return recent.refusedInARow >= MOST_ALONE && recent.othersAnswered ? "refused" : "quota";
}

/** A minute and a random part, so that several programs do not return at the same time. */
export function quotaPauseMs(random: number = Math.random()): number {
  return PAUSE_MS + Math.ceil(random * JITTER_MS);
}

/** The reason for a pause. */
export function quotaAdvice({ lastMinute }: RecentRequests, perMinute: number): string {
  if (lastMinute >= NEAR * perMinute) return "The quota of this minute is used up";
  return (
    `Only ${lastMinute} of ${perMinute} requests were ours in the last minute: another program uses the quota of the same key, ` +
    "or the API or a firewall in front of it bans this address for a while"
  );
}

/** What a user should check if the API refuses a request for another reason than the quota. */
export function refusalAdvice(scope: string | null, { lastMinute }: RecentRequests, perMinute: number): string {
  const need =
    scope === null ? "" : `Ask the vendor whether the key has the scope ${scope}, or remove it from KELIO_SCOPES. `;
  return (
    `not the quota, as far as we know (${lastMinute} of ${perMinute} requests in the last minute). ${need}` +
    "The access may also have been closed without warning, or another program may be using the quota of the same key"
  );
}
