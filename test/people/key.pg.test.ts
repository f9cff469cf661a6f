import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { WORKER } from "../../src/database/audit.ts";
import { inTransaction } from "../../src/database/client.ts";
import { createKeyring, replaceKeyFile } from "../../src/people/suppression/key.ts";
import { renewKey } from "../../src/people/suppression/renew.ts";
import { currentKey, suppressedAmong, type Identifiers } from "../../src/people/suppression/suppress.ts";
import { useDatabase } from "../support/database.ts";
import { keyringOf } from "../support/keyring.ts";
import { NOBODY, suppressOne, unsuppressAll } from "../support/suppression.ts";

const database = useDatabase();
const keyring = keyringOf("0123456789abcdef0123456789abcdef");
const key = keyring.current();

const suppressing = (person: Partial<Identifiers>, by = key) =>
  suppressOne(database(), "default", person, { key: by, what: "erased" });
const among = (person: Partial<Identifiers>, account = "default", ring = keyring) =>
  suppressedAmong(database(), account, ring, { ...NOBODY, ...person });

beforeEach(() => unsuppressAll(database()));

describe("a process with another key", () => {
  it("cannot tell who is suppressed, and says which key it needs", async () => {
    await suppressing({ emails: ["lea@example.org"] });
    const wrong = keyringOf("another-key-another-key-another-key");
    await expect(among({ emails: ["noe@example.org"] }, "default", wrong)).rejects.toThrow(key.id);
    await expect(among({ emails: ["noe@example.org"] }, "default", keyringOf(null))).rejects.toMatchObject({
      code: "privacy_key_unknown",
    });
    expect(await among({ emails: ["noe@example.org"] }, "other", wrong)).toMatchObject({ emails: new Set() });
  });

  it("knows those of the previous key", async () => {
    await suppressing({ emails: ["lea@example.org"] });
    const renewed = keyringOf("another-key-another-key-another-key", "0123456789abcdef0123456789abcdef");
    expect((await among({ emails: ["lea@example.org"] }, "default", renewed)).emails.size).toBe(1);
  });

  it("renews the ids at once, and needs the previous key as long as an e-mail does", async () => {
    await suppressing({ emails: ["lea@example.org"], applicantIds: [7n] });
    await suppressing({ applicantIds: [8n] });
    const renewed = keyringOf("another-key-another-key-another-key", "0123456789abcdef0123456789abcdef");
    const renew = () => inTransaction(database(), (tx) => renewKey(tx, "default", renewed, WORKER));
    expect(await renew()).toEqual({ current: 2, former: 1 });
    await database().suppression.deleteMany({ where: { kind: "email" } });
    expect(await renew()).toEqual({ current: 2, former: 0 });
    const alone = keyringOf("another-key-another-key-another-key");
    expect((await among({ applicantIds: [7n, 9n] }, "default", alone)).applicantIds).toEqual(new Set([7n]));
  });

  it("is not made anew in the place of one that is lost", async () => {
    const folder = mkdtempSync(join(tmpdir(), "applicant-sync-key-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const keyFile = join(folder, "privacy.key");
    const ring = () => createKeyring({ key: null, previousKey: null, keyFile, makesKey: true });
    const made = await currentKey(database(), "default", ring());
    await suppressing({ applicantIds: [7n] }, made);
    rmSync(keyFile);
    await expect(currentKey(database(), "default", ring())).rejects.toMatchObject({ code: "privacy_key_unknown" });
    expect(existsSync(keyFile)).toBe(false);
  });

  it("is renewed by a repeat wherever the renewal was interrupted, and recognises everybody in between", async () => {
    const folder = mkdtempSync(join(tmpdir(), "applicant-sync-key-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const keyFile = join(folder, "privacy.key");
    const ring = () => createKeyring({ key: null, previousKey: null, keyFile, makesKey: true });
    const someone = { emails: ["lea@example.org"], applicantIds: [7n] };
    await suppressing(someone, await currentKey(database(), "default", ring()));
    const known = async () => {
      const { emails, applicantIds } = await among(someone, "default", ring());
      return [...emails, ...applicantIds];
    };
    renameSync(keyFile, `${keyFile}.previous`);
    expect(await known()).toEqual(["lea@example.org", 7n]);
    expect(replaceKeyFile(keyFile)).toBeNull();
    expect(await known()).toEqual(["lea@example.org", 7n]);
    const made = ring().current().id;
    expect(replaceKeyFile(keyFile)).toBe(`${keyFile}.previous`);
    expect(ring().current().id).toBe(made);
    const renew = () => inTransaction(database(), (tx) => renewKey(tx, "default", ring(), WORKER));
    expect([await renew(), await renew()]).toEqual([
      { current: 1, former: 1 },
      { current: 1, former: 1 },
    ]);
    expect(await known()).toEqual(["lea@example.org", 7n]);
  });

  it("is not needed where nobody is suppressed", async () => {
    expect(await among({ emails: ["lea@example.org"] }, "default", keyringOf(null))).toMatchObject({
      emails: new Set(),
    });
    expect(() => keyringOf(null).current()).toThrow("PRIVACY_KEY is not set");
  });
});
