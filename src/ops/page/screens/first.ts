/** The first screen: what is not as it should be, worst first. */
import type { Text } from "../../../platform/language.ts";
import { describeCondition } from "../../state/describe.ts";
import type { PageContext } from "../context.ts";
import { html } from "../html.ts";
import type { Route } from "../route.ts";

const NAV: Text = { en: "Overview", fr: "Vue d'ensemble" };

export function firstRoutes({ state }: PageContext): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/",
      role: "viewer",
      nav: NAV,
      handle: async ({ language }) => {
        const { conditions } = await state.read();
        const sentences = conditions.map((condition) => {
          const { text, next } = describeCondition(condition, language);
          return html`<li class="${condition.colour}">
            <p>${text}</p>
            <p class="soft">${next}</p>
          </li>`;
        });
        return {
          title: NAV[language],
          main: html`<ul class="sentences">
            ${sentences}
          </ul>`,
          refreshes: true,
        };
      },
    },
  ];
}
