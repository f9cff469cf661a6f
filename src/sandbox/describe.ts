import type { Sandbox } from "./server.ts";

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
