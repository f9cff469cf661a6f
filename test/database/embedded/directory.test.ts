import { chmod, chown, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canEnter, unprivilegedAccount, weAreRoot } from "../../../src/database/embedded/account.ts";
import { enter, leave, present, withLock } from "../../../src/database/embedded/presence.ts";
import { freshOptions } from "./support.ts";

const ACCOUNT = { uid: 65_534, gid: 65_534 };

describe("the account that runs the server for root", () => {
  test("is postgres if there is one, otherwise nobody", async () => {
    const { dataDir } = await freshOptions();
    const passwd = join(dataDir, "passwd");
    const nobody = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n";
    await writeFile(passwd, nobody);
    expect(await unprivilegedAccount(passwd)).toEqual({ uid: 65_534, gid: 65_533 });
    await writeFile(passwd, `${nobody}postgres:x:70:71::/var/lib/postgresql:/bin/sh\n`);
    expect(await unprivilegedAccount(passwd)).toEqual({ uid: 70, gid: 71 });
  });

  test("has a fixed id if there is no list of users", async () => {
    expect(await unprivilegedAccount("/nowhere/passwd")).toEqual(ACCOUNT);
  });

  test("may not enter below a closed directory, not even by a link", async () => {
    const { dataDir } = await freshOptions();
    await mkdir(join(dataDir, "shut", "open"), { recursive: true });
    await chmod(join(dataDir, "shut"), 0o700);
    await symlink(join(dataDir, "shut", "open"), join(dataDir, "link"));
    expect(await canEnter(join(dataDir, "not", "yet", "there"), ACCOUNT)).toBe(true);
    expect(await canEnter(join(dataDir, "shut", "open", "data"), ACCOUNT)).toBe(false);
    expect(await canEnter(join(dataDir, "link", "data"), ACCOUNT)).toBe(false);
  });

  test.skipIf(!weAreRoot())("may enter a closed directory of its own (needs root)", async () => {
    const { dataDir } = await freshOptions();
    const own = join(dataDir, "own");
    await mkdir(own, { mode: 0o700 });
    await chown(own, ACCOUNT.uid, ACCOUNT.gid);
    expect(await canEnter(own, ACCOUNT)).toBe(true);
  });
});

describe("a presence", () => {
  test("ends when the process signs out", async () => {
    const { dataDir } = await freshOptions();
    const [first, second] = [await enter(dataDir), await enter(dataDir)];
    expect((await present(dataDir)).toSorted()).toEqual([first, second].toSorted());
    await leave(first);
    expect(await present(dataDir)).toEqual([second]);
  });

  test("of a process that has ended, or whose process id another one has now, does not count and is removed", async () => {
    const { dataDir } = await freshOptions();
    await writeFile(join(dataDir, "4194305-1-aaaa"), "");
    await writeFile(join(dataDir, `${process.pid}-1-bbbb`), "");
    const mine = await enter(dataDir);
    expect(await present(dataDir)).toEqual([mine]);
    expect(await readdir(dataDir)).toHaveLength(1);
  });

  test("lets one piece of work at a time hold the lock, and frees it when the work fails", async () => {
    const { dataDir } = await freshOptions();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await severalTurns(dataDir);
      inside -= 1;
    };
    const failing = withLock(
      dataDir,
      () => Promise.reject(new Error("invented")),
      () => {},
    );
    await expect(failing).rejects.toThrow("invented");
    await Promise.all([1, 2, 3, 4, 5].map(() => withLock(dataDir, work, () => {})));
    expect(most).toBe(1);
  });
});

/** Something that needs several turns of the event loop. */
async function severalTurns(directory: string): Promise<void> {
  await readdir(directory);
  await readdir(directory);
}
