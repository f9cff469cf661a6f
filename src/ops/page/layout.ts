/** The frame of every screen: account and environment, navigation, who is signed in. */
import type { Config } from "../../config/config.ts";
import type { Language, Text } from "../../platform/language.ts";
import { plain } from "../../platform/text.ts";
import type { SignedIn } from "./guard.ts";
import { foreign, html, textOf, type Fragment } from "./html.ts";
import type { Screen } from "./route.ts";
import { SCRIPT_PATH, STYLE_PATH } from "./assets.ts";
import { wordsIn } from "./words.ts";

export interface Frame extends Pick<Config, "account" | "kind" | "environment"> {
  readonly timezone: string;
  readonly nav: readonly { readonly path: string; readonly nav: Text }[];
}

const TEXTS = {
  skip: { en: "Skip to the content", fr: "Aller au contenu" },
  pages: { en: "Pages", fr: "Pages" },
  account: { en: "Account", fr: "Compte" },
  sandbox: { en: "Sandbox", fr: "Bac à sable" },
  production: { en: "Production", fr: "Production" },
  sandboxMeans: { en: "invented people: nobody is reached", fr: "personnes fictives : personne n'est contacté" },
  productionMeans: { en: "what is written here reaches people", fr: "ce qui est écrit ici atteint des personnes" },
  times: { en: "Times are in {timezone}.", fr: "Fuseau horaire : {timezone}." },
  signedIn: { en: "Signed in as", fr: "Connecté en tant que" },
} as const satisfies Readonly<Record<string, Text>>;

/** The document of a screen for who is signed in. */
export function documentOf(frame: Frame, screen: Screen, language: Language, path: string, person: SignedIn): string {
  const { account, kind, environment, nav, timezone } = frame;
  const t = wordsIn(TEXTS, language);
  const main = html` <a class="skip" href="#main">${t("skip")}</a>
    <header class="${environment}">
      <p>
        <strong>${t(environment)}</strong>
        <span>${t(environment === "production" ? "productionMeans" : "sandboxMeans")}</span>
        <span class="account">${t("account")} <b>${foreign(account)}</b> (${kind})</span>
      </p>
      <nav aria-label="${t("pages")}">
        <ul>
          ${nav.map(
            ({ path: target, nav: text }) =>
              html`<li>
                <a href="${target}" ${target === path ? html` aria-current="page"` : ""}>${text[language]}</a>
              </li>`,
          )}
        </ul>
      </nav>
    </header>
    <main id="main" tabindex="-1">
      <h1>${foreign(screen.title)}</h1>
      ${screen.main}
    </main>
    <footer>
      <p>
        ${t("times", { timezone })} ${t("signedIn")}
        ${person.role}${person.name !== null && html` (${foreign(person.name)})`}.
      </p>
    </footer>`;
  return page(language, `${screen.title} – ${account}`, main, screen.refreshes === true);
}

/** A document for who is not signed in: nothing of the account is in it, and no stylesheet. */
export function bareDocument(language: Language, title: string, main: Fragment): string {
  return page(
    language,
    title,
    html`<main>
      <h1>${title}</h1>
      ${main}
    </main>`,
    false,
    false,
  );
}

function page(language: Language, title: string, body: Fragment, refreshes: boolean, isStyled = true): string {
  return textOf(
    html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${plain(title)}</title>
          ${isStyled && html`<link rel="stylesheet" href="${STYLE_PATH}" />`}
          ${refreshes && html`<script src="${SCRIPT_PATH}" defer></script>`}
        </head>
        <body>
          ${body}
        </body>
      </html> `,
  );
}
