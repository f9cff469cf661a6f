import { describeSandbox } from "../sandbox/describe.ts";
import { type SandboxOptions, startSandbox } from "../sandbox/server.ts";

export interface SandboxCommandDeps {
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

/**
 * Serves the local stand-in of the Kelio ATS API until the signal aborts; prints the `.env` lines that point at it. A
 * port that is in use is a UsageError `port_in_use`.
 */
export async function runSandbox(options: SandboxOptions, { signal, print }: SandboxCommandDeps): Promise<void> {
  if (signal.aborted) return;
  const sandbox = await startSandbox(options);
  try {
    print(
      `Kelio ATS sandbox on ${sandbox.url}: ${sandbox.data.campaigns.size} campaigns, ${sandbox.data.applications.size} applications. No e-mail is ever sent. Ctrl-C stops it.`,
    );
    print(describeSandbox(sandbox));
    await aborted(signal);
  } finally {
    await sandbox.close();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
