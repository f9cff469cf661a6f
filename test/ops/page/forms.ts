import type { Database } from "../../../src/database/client.ts";
import { importPeople } from "../../support/imports.ts";
import { as, openPage, type PageOptions } from "./support.ts";

const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };
/** A text that would do harm on a page that showed it as it is. */
export const EVIL = '<script>alert(1)</script>\u202e\u001b[31m"';

export const isHarmless = (text: string) => ["<script>alert", "\u202e", "\u001b"].every((bad) => !text.includes(bad));

/** The page as who sends its forms sees it, and what comes of them. */
export async function openForms(database: Database, options: PageOptions = {}) {
  const page = await openPage(database, options);
  const env = { KELIO_ACCOUNT: page.account };
  const get = async (path: string, user: "operator" | "viewer" = "operator", language = "en") => {
    const answer = await fetch(page.url + path, { headers: { ...as(user), "accept-language": language } });
    return { status: answer.status, text: await answer.text() };
  };
  const post = async (
    path: string,
    form: Readonly<Record<string, string>>,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const headers = { ...SAME_ORIGIN, ...as("operator"), ...more };
    const body = new URLSearchParams(form);
    const answer = await fetch(page.url + path, { method: "POST", headers, body, redirect: "manual" });
    return { status: answer.status, location: answer.headers.get("location"), text: await answer.text() };
  };
  const audit = () => database.audit.findMany({ where: { account: page.account }, orderBy: { id: "asc" } });
  const add = (people: readonly Readonly<Record<string, unknown>>[]) =>
    importPeople({ database, env: { ...env, ...page.settings } }, people);
  return { ...page, get, post, audit, add };
}

/** The hidden fields of the form whose action is this path. */
export function hiddenIn(text: string, action: string): Record<string, string> {
  const form = text.slice(text.indexOf(`action="${action}"`)).split("</form>")[0] ?? "";
  return Object.fromEntries(
    [...form.matchAll(/type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}
