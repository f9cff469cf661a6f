/** Links where a document is expected. */
const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|mailto:|www\.)/i;
const HOST =
  /^(?:[a-z0-9-]+\.)+(?:com|fr|org|net|eu|io|be|ch|lu|ca|uk|de|es|it|me|app|co|gl|ms|link|cloud|dev)(?:[/?#:]|$)/i;
const FORMULA = /^=\s*(?:HYPERLINK|LIEN_HYPERTEXTE|LIEN\.HYPERTEXTE)\s*\(/i;
const SHORTCUT = /^\uFEFF?\[InternetShortcut\]/i;

/** Whether a text is a link to a page or a file of the web, in a cell or as a shortcut on a disk. */
export function isLink(text: string): boolean {
  const bare = text.trim().replace(/^[<"'(]+/, "");
  return (
    /\bhttps?:\/\//i.test(bare) || SCHEME.test(bare) || HOST.test(bare) || FORMULA.test(bare) || SHORTCUT.test(bare)
  );
}
