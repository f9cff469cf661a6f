/** The stylesheet and the script of the page, under paths that change with their content: browsers keep them for good. */
import { createHash } from "node:crypto";
import { STYLE } from "./style.ts";

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** Loads the page again every half minute, unless it is hidden, or somebody has moved the focus or selects something in it. */
const REFRESH = `"use strict";
setInterval(() => {
  const isIdle = document.activeElement === document.body && String(getSelection()) === "";
  if (isIdle && !document.hidden) location.reload();
}, 30000);
`;

const style = asset("style", "css", "text/css; charset=utf-8", STYLE);
const script = asset("refresh", "js", "text/javascript; charset=utf-8", REFRESH);

export const ASSETS: readonly Asset[] = [style, script];
export const STYLE_PATH = style.path;
export const SCRIPT_PATH = script.path;

function asset(name: string, ending: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 12);
  return { path: `/ops/${name}-${hash}.${ending}`, type, text };
}
