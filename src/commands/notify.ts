import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { channelsOf } from "../ops/notices/channels.ts";
import type { Channel } from "../ops/notices/deliver.ts";
import { describeTarget, sendPing } from "../ops/notices/heartbeat.ts";
import { describeAnswer, isTaken } from "../ops/notices/http.ts";
import { errorFields, UsageError } from "../platform/errors.ts";
import { table } from "../platform/text.ts";
import type { Context } from "../process/stores.ts";
import { EXIT, runCommand, show } from "./run.ts";
import { addExamples } from "./verbs.ts";

export function declare(command: Command): void {
  addExamples(command, "test");
  addExamples(command.command("test"), "", "--json")
    .description("send a test to NOTIFY_URL, NOTIFY_EMAIL and HEARTBEAT_URL, and show what each answered")
    .option("--json", "print the answers as JSON")
    .action((options: { readonly json?: true }) =>
      runCommand({}, async (context) => {
        const answers = await notifyTest(context);
        show(answers, options.json, renderAnswers);
        return answers.every(({ delivered }) => delivered) ? EXIT.ok : EXIT.failed;
      }),
    );
}

interface Answer {
  readonly channel: string;
  /** Where it leads, without a secret. */
  readonly to: string;
  readonly delivered: boolean;
  readonly answer: string;
}

/** Sends a test by every configured way, all at once. Throws `no_channel`. */
async function notifyTest({ config, lifecycle: { signal } }: Context): Promise<readonly Answer[]> {
  const { heartbeat } = config.notices;
  const channels = channelsOf(config);
  if (channels.length === 0 && heartbeat === null) {
    throw new UsageError("no_channel", {
      en: "Nobody is notified: set NOTIFY_URL, SMTP_URL with NOTIFY_EMAIL, or HEARTBEAT_URL.",
      fr: "Personne n'est prévenu : définissez NOTIFY_URL, SMTP_URL avec NOTIFY_EMAIL, ou HEARTBEAT_URL.",
    });
  }
  const pings = heartbeat === null ? [] : [testHeartbeat(heartbeat, signal)];
  return Promise.all([...channels.map((channel) => testChannel(channel, signal)), ...pings]);
}

async function testChannel({ name, description, send }: Channel, signal: AbortSignal): Promise<Answer> {
  const at = new Date();
  const notice = { id: randomUUID(), kind: "test", code: null, items: [], occurredAt: at } as const;
  const { isDelivered, answer } = await send(notice, { at, signal }).catch(notSent);
  return { channel: name, to: description, delivered: isDelivered, answer };
}

/** A night that starts and succeeds at once. */
async function testHeartbeat(target: Parameters<typeof sendPing>[0], signal: AbortSignal): Promise<Answer> {
  const details = { runId: randomUUID(), failed: null, signal };
  const answers: string[] = [];
  let delivered = true;
  for (const ping of ["start", "success"] as const) {
    const answer = await sendPing(target, ping, details).catch(notSent);
    if (answer === null) continue; // Uptime Kuma knows no start.
    const said =
      "status" in answer ? (isTaken(answer) ? `HTTP ${answer.status}` : describeAnswer(answer)) : answer.answer;
    delivered &&= "status" in answer && isTaken(answer);
    answers.push(`${ping}: ${said}`);
  }
  return { channel: "heartbeat", to: describeTarget(target), delivered, answer: answers.join(", ") };
}

function notSent(error: unknown): { readonly isDelivered: false; readonly answer: string } {
  return { isDelivered: false, answer: errorFields(error).message };
}

function renderAnswers(answers: readonly Answer[]): string {
  return table(
    ["channel", "to", "", "answer"],
    answers.map(({ channel, to, delivered, answer }) => [channel, to, delivered ? "ok" : "failed", answer]),
    500,
  );
}
