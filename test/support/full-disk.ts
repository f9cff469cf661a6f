import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { weAreRoot } from "../../src/database/embedded/account.ts";
import { makeDataDir } from "./postgres.ts";
import { noteOn, postgres15Installed } from "./installed.ts";
import { startPostgres15 } from "./postgres-15.ts";

/** What the names of tests on a small disk end with, where there can be none. */
export function smallDiskNote(): string {
  if (!weAreRoot()) return " (needs root, to mount a small disk)";
  return noteOn("Postgres 15", postgres15Installed());
}

export interface SmallDisk {
  readonly url: string;
  /** Leaves no byte free. */
  fill(): Promise<void>;
  /** Frees what `fill` used. */
  free(): Promise<void>;
  remove(): Promise<void>;
}

/** A server of Postgres 15 on a disk of its own of 250 MB. */
export async function startOnSmallDisk(): Promise<SmallDisk> {
  const directory = await makeDataDir();
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=250m,mode=0755", "tmpfs", directory]);
  if (status !== 0) throw new Error(`mount: ${String(stderr)}`);
  const server = await startPostgres15({ directory });
  const ballast = join(directory, "ballast");
  return {
    url: server.url,
    async fill() {
      const file = await open(ballast, "a");
      try {
        for (const bytes of [1_048_576, 4_096]) await write(() => file.write(Buffer.alloc(bytes)));
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    async remove() {
      await server.remove();
      spawnSync("umount", [directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function write(once: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await once();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}
