import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { channelsOf } from "../../../src/ops/notices/channels.ts";
import { serve } from "../../api/support/server.ts";
import { ROOT } from "../../support/docs.ts";
import { configWith } from "./support.ts";

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const accepted = z.object({ once: z.string(), event: z.unknown() });

/** The receiver of docs/notices.md, as a program of somebody else runs it. */
async function documentedReceiver() {
  const page = await readFile(new URL("docs/notices.md", ROOT), "utf8");
  const [, code = ""] = /^```js\n(.+?)^```/ms.exec(page) ?? [];
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-receiver-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, "node_modules"));
  await symlink(
    fileURLToPath(new URL("node_modules/standardwebhooks", ROOT)),
    join(directory, "node_modules/standardwebhooks"),
  );
  await writeFile(join(directory, "receiver.mjs"), code);
  const module: { accept: (body: string, headers: unknown, secret: string) => unknown } = await import(
    pathToFileURL(join(directory, "receiver.mjs")).href
  );
  return module.accept;
}

it("the signature of an event is accepted by the receiver in docs/notices.md, and no other is", async () => {
  const accept = await documentedReceiver();
  const server = await serve(() => ({}));
  const [channel] = channelsOf(configWith({ NOTIFY_URL: server.url, NOTIFY_SECRET: SECRET }));
  const id = "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11";
  await channel?.send({ id, kind: "test", code: null, items: [], occurredAt: new Date() }, { at: new Date() });
  const [{ body, headers } = { body: "", headers: {} }] = server.received;
  const { once, event } = accepted.parse(accept(body, headers, SECRET));
  expect(once).toBe(`msg_${id}`);
  expect(event).toMatchObject({
    type: "applicant_sync.notice.test",
    version: 1,
    data: { id, condition: null, next_step: null },
  });
  expect(() => accept(body.replace("default", "another"), headers, SECRET)).toThrow("No matching signature");
  expect(() => accept(body, headers, `whsec_${Buffer.alloc(32, 8).toString("base64")}`)).toThrow(
    "No matching signature",
  );
});

it("the event in docs/notices.md has the fields of a real one", async () => {
  const page = await readFile(new URL("docs/notices.md", ROOT), "utf8");
  const documented: unknown = JSON.parse(/^```json\n(.+?)^```/ms.exec(page)?.[1] ?? "");
  const server = await serve(() => ({}));
  const [channel] = channelsOf(
    configWith({ NOTIFY_URL: server.url, KELIO_ENVIRONMENT: "production", OPS_URL: "https://applicants.example.org/" }),
  );
  const facts = { run: 118, resource: "applications", absent: 214, known: 5130 };
  await channel?.send(
    {
      id: "6f1f0d7e-27f6-4a5c-8f0e-0b5d7f6c2a11",
      kind: "raised",
      code: "review_waiting",
      items: [{ subject: "118", since: new Date("2026-11-26T01:10:00Z"), facts }],
      occurredAt: new Date("2026-11-26T02:10:31Z"),
    },
    { at: new Date() },
  );
  expect(JSON.parse(server.received[0]?.body ?? "")).toEqual(documented);
});
