import { html, type Fragment, type Value } from "./html.ts";

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
}

/** A table that scrolls within itself where it is too wide, also by keyboard. The first cell of a row names it. */
export function scrolled(name: string, columns: readonly Column[], rows: readonly (readonly Value[])[]): Fragment {
  const style = (n: number) => (columns[n]?.isNumber === true ? html` class="number"` : "");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          ${columns.map((column, n) => html`<th scope="col" ${style(n)}>${column.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = "", ...others]) =>
            html`<tr>
              <th scope="row" ${style(0)}>${first}</th>
              ${others.map((cell, n) => html`<td${style(n + 1)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
