/**
 * Parses a URL, or what stands relative to `base`; null: it is none. `URL.canParse` does not answer this: that of Node 20 refuses a host
 * with letters such as ü as soon as V8 has compiled its caller.
 */
export function readUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** Whether the percent-encoding of a text is whole. */
export function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
