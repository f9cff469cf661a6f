import { counted } from "../platform/text.ts";
import type { Command } from "commander";
import { z } from "zod";
import { UsageError, hasCode } from "../platform/errors.ts";
import { describeSandbox, startSandbox, type Sandbox, type SandboxOptions } from "../sandbox/server.ts";
import { VARIANTS, type Variants } from "../sandbox/variants.ts";
import { print, runCommand } from "./run.ts";
import { addExamples } from "./verbs.ts";

export function declare(command: Command): void {
  addExamples(
    command,
    "--port 4010",
    "--applications 20000 --latency 100-400",
    "--variant envelope=data --variant pagination=headers",
  );
  command
    .option("--port <port>", "port to listen on; 0 picks a free one", "4010")
    .option("--seed <number>", "seed of the data: the same seed gives the same data", "1")
    .option("--campaigns <number>", "number of campaigns", "60")
    .option("--applications <number>", "number of applications", "3000")
    .option("--latency <ms>", "how long an answer takes: one number, or a range such as 100-400", "0")
    .option("--quota <requests>", "requests a minute, or off", "120")
    .option("--window <kind>", "window of the quota: rolling or fixed", "rolling")
    .option(
      "--variant <name=value...>",
      "how it behaves where the documentation is silent; a wrong name lists all variants",
    )
    .action((options: Readonly<Record<string, unknown>>) =>
      runCommand({ serves: true }, async ({ lifecycle }) => {
        await runSandbox(parseSandboxOptions(options), { signal: lifecycle.signal, print });
      }),
    );
}

interface SandboxCommandDeps {
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

/**
 * Serves the local stand-in of the Kelio ATS API until the signal aborts; prints the `.env` lines that point at it. A
 * port that is in use is a UsageError `port_in_use`.
 */
export async function runSandbox(options: SandboxOptions, deps: SandboxCommandDeps): Promise<void> {
  if (deps.signal.aborted) return;
  const sandbox = await startOn(options);
  try {
    deps.print(
      `Kelio ATS sandbox on ${sandbox.url}: ${counted(sandbox.data.campaigns.size, "campaign")}, ${counted(sandbox.data.applications.size, "application")}. No e-mail is ever sent. Ctrl-C stops it.`,
    );
    deps.print(describeSandbox(sandbox));
    await aborted(deps.signal);
  } finally {
    await sandbox.close();
  }
}

async function startOn(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (cause) {
    if (!hasCode(cause, "EADDRINUSE")) throw cause;
    const message = {
      en: `Port ${options.port} is in use: stop what listens there or choose another --port`,
      fr: `Le port ${options.port} est déjà utilisé : arrêtez ce qui y écoute ou choisissez un autre --port`,
    };
    throw new UsageError("port_in_use", message, { cause });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

const count = z
  .string()
  .regex(/^\d{1,8}$/, "a whole number")
  .transform(Number);

const schema = z.object({
  port: count.refine((port) => port <= 65_535, "a port from 0 to 65535"),
  seed: count,
  campaigns: count,
  applications: count,
  latency: z
    .string()
    .regex(/^\d{1,6}(-\d{1,6})?$/, "milliseconds, such as 300 or 100-400")
    .transform((text) => {
      const [min = 0, max = min] = text.split("-").map(Number);
      return { min, max };
    })
    .refine(({ min, max }) => min <= max, "the shorter time first, such as 100-400"),
  quota: z.union([z.literal("off").transform(() => null), count.refine((limit) => limit > 0, "at least 1")], {
    error: "requests a minute, or off",
  }),
  window: z.enum(["rolling", "fixed"], { error: "rolling or fixed" }),
  variant: z.array(z.string()).default([]),
});

/** The options of `applicant-sync sandbox` as the sandbox expects them. Throws `bad_option`, naming every wrong one. */
export function parseSandboxOptions(options: Readonly<Record<string, unknown>>): SandboxOptions {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`);
    throw new UsageError("bad_option", faults.join("\n"));
  }
  const { quota, window, variant, ...rest } = parsed.data;
  return {
    ...rest,
    quota: quota === null ? null : { limit: quota, window },
    variants: Object.assign({}, ...variant.map(parseVariant)),
  };
}

function parseVariant(text: string): Partial<Variants> {
  const [name = "", value = ""] = text.split("=");
  if (name === "fixedPageSize" && /^\d{1,3}$/.test(value)) return { fixedPageSize: Number(value) };
  const known = Object.entries(VARIANTS).find(([one]) => one === name);
  const choice = known?.[1].map((one): string | number => one).find((one) => String(one) === value);
  if (known !== undefined && choice !== undefined) return { [name]: choice };
  const lines = Object.entries(VARIANTS).map(([one, values]) => `  ${one}=${values.join("|")}`);
  const choices = [...lines, "  fixedPageSize=N"].join("\n");
  throw new UsageError("bad_option", {
    en: `--variant ${text}: choose from\n${choices}`,
    fr: `--variant ${text} : choisissez parmi\n${choices}`,
  });
}
