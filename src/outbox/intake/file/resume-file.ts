import { constants, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep, win32 } from "node:path";
import { checkResume, type Resume, type ResumeOptions } from "../../import/resume.ts";

const NOT_THERE = "names a file that is not there; its path begins where the imported file lies";

/**
 * Reads and checks the CV that a line names. `directory`: where the imported file lies, without symlinks; nothing outside it
 * is read. Returns it, or why it cannot be accepted; the reason holds nothing of the path.
 */
export async function readResume(
  directory: string,
  path: unknown,
  options: ResumeOptions,
): Promise<Resume | { readonly reason: string }> {
  if (typeof path !== "string") return { reason: "must be the path of a file" };
  // Written on Windows, read elsewhere.
  const local = path.trim().replaceAll("\\", "/");
  if (isAbsolute(local) || win32.isAbsolute(local)) return { reason: "must be a path relative to the imported file" };
  if (local.split("/").includes(".."))
    return { reason: "must not hold .. : nothing outside the file's directory is read" };
  if (local.includes("\0")) return { reason: NOT_THERE };
  const real = await realpath(join(directory, local)).catch(() => null);
  if (real === null) return { reason: NOT_THERE };
  const inside = relative(directory, real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return { reason: "leads out of the file's directory by a link" };
  }
  return readChecked(real, options);
}

async function readChecked(path: string, options: ResumeOptions): Promise<Resume | { readonly reason: string }> {
  // Unblocked: a pipe would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (file === null) return { reason: "names a file that this user may not read" };
  try {
    const found = await file.stat();
    if (!found.isFile()) return { reason: "names something that is not a file" };
    if (found.size > options.resumeMaxBytes) {
      return { reason: `has ${found.size} bytes, more than the ${options.resumeMaxBytes} of RESUME_MAX_BYTES` };
    }
    return await checkResume(await file.readFile(), options);
  } finally {
    await file.close();
  }
}
