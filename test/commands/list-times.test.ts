import { expect, test } from "vitest";
import { renderImports, type ImportsList } from "../../src/commands/imports/list.ts";
import { localTime } from "../../src/platform/text.ts";

const AT = "2026-11-25T02:00:00.000Z";
const LINE = {
  id: "1",
  key: "2026-26-11T10:00Z",
  source: "2026-11-26T10:00:00.000Z",
  file: "2026-11-26T25:00Z.csv",
  line: 2,
  state: "ready",
  reasonCode: null,
  companyId: null,
  campaignId: null,
  applicantId: null,
  applicationId: null,
  createdAt: AT,
  updatedAt: AT,
};
const FOUND: ImportsList = {
  counts: { draft: 0, held: 0, ready: 1, sending: 0, unknown: 0, needs_review: 0, rejected: 0, done: 0, dismissed: 0 },
  forPerson: 0,
  forPersonSince: null,
  oldestWaiting: AT,
  gate: { open: true, code: "open", reason: "", french: "", until: null },
  delivery: { waiting: 1, createdLastHour: 0, awaitingApproval: 0, limit: "quota", perHour: 60, lastAt: AT },
  matching: 1,
  imports: [LINE],
  csv: null,
};

test("a list shows its own times in the time zone, and a key, a source and a file that look like times as they are", () => {
  const text = renderImports(FOUND);
  const [at, minute] = [localTime(AT), localTime(AT, "minute")];
  expect(text).toContain(`the oldest waits since ${at}.`);
  expect(text).toContain(`will be sent about ${minute}.`);
  expect(text).toContain(`${LINE.key}  ${LINE.source}  ${LINE.file}:2  ${at}  ${at}`);
});
