import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./support/docs.ts";

const textOf = (path: string) => readFileSync(new URL(path, ROOT), "utf8");

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "applicant-sync-deploy-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("every container runs without capabilities, read-only and within limits, and its secrets are files", () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "docker-compose.yml"), textOf("docker-compose.yml"));
  writeFileSync(join(directory, ".env"), "");
  const { stdout } = spawnSync("docker-compose", ["config"], { cwd: directory, encoding: "utf8" });
  // As docker-compose writes what it has read: each service is indented by two spaces.
  const services = stdout.split(/^services:$/m)[1]?.split(/^\S/m)[0] ?? "";
  const blocks = services.split(/^ {2}(?=\w+:$)/m).filter((block) => /^\w/.test(block));
  expect(blocks.map((block) => /^\w+/.exec(block)?.[0])).toEqual(["postgres", "redis", "worker"]);
  for (const block of blocks) {
    for (const line of [
      /^ {4}read_only: true$/m,
      /^ {4}cap_drop:\n {4}- ALL$/m,
      /^ {4}security_opt:\n {4}- no-new-privileges:true$/m,
      /^ {4}pids_limit: \d+$/m,
      /^ {4}mem_limit: \S+$/m,
      /^ {4}restart: unless-stopped$/m,
    ]) {
      expect(block).toMatch(line);
    }
    expect(block).not.toMatch(/privileged|cap_add|ports:/);
    const secrets = [...block.matchAll(/^ {6}(\w*(?:PASSWORD|PRIVATE_KEY|SECRET_KEY|TOKEN)\w*): (.+)$/gm)];
    for (const [, name, value] of secrets) {
      expect([name, value]).toEqual([expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\//)]);
    }
  }
});

test("systemd starts the worker again when it fails, and not for a wrong setting", () => {
  const lines = textOf("deploy/applicant-sync.service").split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "Restart=on-failure",
      "RestartPreventExitStatus=2",
      "Type=notify",
      "StartLimitIntervalSec=0",
    ]),
  );
});

test("systemd lets the worker lower the priority of reports, and make a control group for them", () => {
  const lines = textOf("deploy/applicant-sync.service").split("\n");
  // The first list allows, and each one after it adds to it or takes away.
  const filters = lines.filter((line) => line.startsWith("SystemCallFilter="));
  expect(filters).toEqual([
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallFilter=setpriority sched_setscheduler",
  ]);
  expect(lines).toEqual(
    expect.arrayContaining([
      "Delegate=cpu",
      "CPUWeight=100",
      "OOMPolicy=stop",
      "ReadWritePaths=-/sys/fs/cgroup/system.slice/%n",
    ]),
  );
});

test("the image is well while its heartbeat is less than two minutes old, which is checked without Node", () => {
  const [, array = "[]"] = /^HEALTHCHECK .*CMD (\[.+\])$/m.exec(textOf("Dockerfile")) ?? [];
  const [program = "", ...args] = [...array.matchAll(/"([^"]*)"/g)].map(([, word = ""]) => word);
  expect([program, ...args].join(" ")).not.toMatch(/\bnode\b/);
  const file = join(temporaryDirectory(), "alive");
  const check = () => spawnSync(program, args, { env: { PATH: process.env["PATH"], HEARTBEAT_FILE: file } }).status;
  expect(check()).not.toBe(0);
  writeFileSync(file, "");
  expect(check()).toBe(0);
  const before = new Date(Date.now() - 200_000);
  utimesSync(file, before, before);
  expect(check()).not.toBe(0);
});
