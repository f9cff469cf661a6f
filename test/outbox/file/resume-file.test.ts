import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readResume } from "../../../src/outbox/intake/file/check.ts";

const OPTIONS = { resumeTypes: { pdf: "pdf", doc: "doc" }, resumeMaxBytes: 2_000 } as const;
const PDF = Buffer.from("%PDF-1.7\n%%EOF\n");
const OLD_OFFICE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ...Buffer.alloc(512)]);

let outside = "";
let directory = "";
beforeAll(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), "applicant-sync-resumes-")));
  directory = join(outside, "inside");
  await mkdir(join(directory, "cvs"), { recursive: true });
  await writeFile(join(outside, "secret.pdf"), PDF);
  await writeFile(join(directory, "cvs", "lea.pdf"), PDF);
  await writeFile(join(directory, "old.doc"), Buffer.concat([OLD_OFFICE, Buffer.from("WordDocument", "utf16le")]));
  await writeFile(join(directory, "table.doc"), Buffer.concat([OLD_OFFICE, Buffer.from("Workbook", "utf16le")]));
  await writeFile(join(directory, "empty.pdf"), "");
  await writeFile(join(directory, "text.pdf"), "not a PDF");
  await writeFile(join(directory, "large.pdf"), Buffer.concat([PDF, Buffer.alloc(3_000)]));
  await symlink(join(outside, "secret.pdf"), join(directory, "link.pdf"));
  await symlink(outside, join(directory, "up"));
  await symlink(join(directory, "cvs"), join(directory, "within"));
});
afterAll(() => rm(outside, { recursive: true, force: true }));

describe("a resume that a line names", () => {
  it.each([
    ["cvs/lea.pdf", "pdf"],
    [String.raw`cvs\lea.pdf`, "pdf"],
    [" within/lea.pdf ", "pdf"],
    ["old.doc", "doc"],
  ])("is accepted where it lies in the file's directory: %s", async (path, type) => {
    expect(await readResume(directory, path, OPTIONS)).toMatchObject({ type });
  });

  it.each<readonly [unknown, string]>([
    ["../secret.pdf", "must not hold .."],
    [String.raw`cvs\..\..\secret.pdf`, "must not hold .."],
    ["/etc/passwd", "must be a path relative"],
    [String.raw`C:\cv.pdf`, "must be a path relative"],
    ["link.pdf", "leads out of the file's directory"],
    ["up/secret.pdf", "leads out of the file's directory"],
    ["absent.pdf", "names a file that is not there"],
    ["cvs/lea.pdf\0.txt", "names a file that is not there"],
    ["cvs", "names something that is not a file"],
    ["empty.pdf", "is an empty file"],
    ["text.pdf", "is not of a kind that is accepted"],
    ["table.doc", "is not of a kind that is accepted"],
    ["large.pdf", "more than the 2000 of RESUME_MAX_BYTES"],
    [42, "must be the path of a file"],
  ])("is refused without repeating its path: %j", async (path, reason) => {
    const refused = await readResume(directory, path, OPTIONS);
    expect(refused).toMatchObject({ reason: { en: expect.stringContaining(reason) } });
    expect(JSON.stringify(refused)).not.toContain("secret");
  });
});
