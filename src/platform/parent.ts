const LOOK_MS = 500;

/**
 * Calls `onEnd` once the process that started this one has ended, and this one has been handed to another parent. Never
 * on Windows, where that does not happen.
 */
export function watchParent(onEnd: () => void, parentOf: () => number = () => process.ppid): void {
  const first = parentOf();
  const timer = setInterval(() => {
    if (parentOf() === first) return;
    clearInterval(timer);
    onEnd();
  }, LOOK_MS);
  timer.unref();
}
