/** One Chromium for all tests of this process; each test has a context of its own, without cookies and passwords of others. */
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from "playwright-core";
import { onTestFinished } from "vitest";
import { CHROMIUM } from "./installed.ts";

let launched: Promise<Browser> | null = null;

/** Opens a context, which ends with the test. The browser ends with the process. */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  launched ??= chromium.launch({
    executablePath: CHROMIUM,
    args: [
      // To a browser, a host of any other name than localhost is not to be trusted without TLS.
      "--host-resolver-rules=MAP page.example.org 127.0.0.1",
      // Chromium has no sandbox for root; the pages are our own.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
    // A signal ends the process of the tests, and the browser with it.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const browser = await launched;
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context;
}
