import type { Database } from "../../../database/client.ts";
import type { Text } from "../../../platform/language.ts";
import { idIn } from "../ids.ts";
import { foreign, html, type Fragment } from "../html.ts";
import type { Visit } from "../route.ts";
import { scrolled } from "../table.ts";
import { wordsIn } from "../words.ts";

const SHOWN = 50;

const TEXTS = {
  none: { en: "No request of it is in the log.", fr: "Aucune de ses requêtes n'est dans le journal." },
  at: { en: "Time", fr: "Heure" },
  job: { en: "Job", fr: "Tâche" },
  path: { en: "Path", fr: "Chemin" },
  status: { en: "Status", fr: "Statut" },
  duration: { en: "Milliseconds", fr: "Millisecondes" },
  next: { en: "Earlier requests", fr: "Requêtes précédentes" },
} as const satisfies Readonly<Record<string, Text>>;

/** A run, and the time in which it made its requests. */
interface Span {
  readonly account: string;
  readonly run: number;
  readonly from: Date;
  readonly to: Date;
}

/** The log is read by time: its jobs have no index. */
function jobsOf(run: number): readonly string[] {
  return ["page", "confirm", "control", "detail"].map((kind) => `${kind}-${run}-%`);
}

export async function countRequests(database: Database, { account, run, from, to }: Span) {
  const [row] = await database.$queryRaw<{ requests: number; failed: number }[]>`
    select count(*)::int as requests, count(*) filter (where status is null or status >= 400)::int as failed
    from public.api_request
    where account = ${account} and at between ${from} and ${to}::timestamptz + interval '1 minute' and job like any (${jobsOf(run)})`;
  return row ?? { requests: 0, failed: 0 };
}

interface LoggedRequest {
  readonly id: bigint;
  readonly at: Date;
  readonly job: string;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly duration: number | null;
  readonly error: string | null;
}

/** The requests of a run, latest first, before `?request=ID`. */
export async function requestsOf(database: Database, span: Span, { query, language, times }: Visit): Promise<Fragment> {
  const t = wordsIn(TEXTS, language);
  const { account, run, from, to } = span;
  const before = idIn(query.get("request"));
  const requests = await database.$queryRaw<LoggedRequest[]>`
    select id, at, job, method, path, status, duration_ms as duration, error_kind as error from public.api_request
    where account = ${account} and at between ${from} and ${to}::timestamptz + interval '1 minute' and job like any (${jobsOf(run)})
      and (${before}::bigint is null or id < ${before})
    order by at desc, id desc limit ${SHOWN}`;
  if (requests.length === 0) return html`<p>${t("none")}</p>`;
  const last = requests.length < SHOWN ? undefined : requests.at(-1);
  const table = scrolled(t("requests"), requests, [
    [t("at"), ({ at }) => times.second(at)],
    [t("job"), ({ job }) => foreign(job)],
    [t("path"), ({ method, path }) => foreign(`${method} ${path}`)],
    [t("status"), ({ status }) => status ?? "–", "number"],
    [t("duration"), ({ duration }) => (duration === null ? "–" : times.number(duration)), "number"],
    [t("error"), ({ error }) => foreign(error)],
  ]);
  return html`${table}
  ${last !== undefined && html`<p><a href="/ops/runs/${run}?request=${last.id}">${t("next")}</a></p>`}`;
}
