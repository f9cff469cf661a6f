/** What is shown of many things side by side, and of one thing line by line. */
import { html, type Fragment, type Value } from "./html.ts";

type Column<Row> = readonly [name: string, cell: (row: Row) => Value, kind?: "number"];

/** A table that scrolls within itself where it is too wide, also by keyboard. The first cell of a row names it. */
export function scrolled<Row>(name: string, rows: readonly Row[], wanted: readonly (Column<Row> | false)[]): Fragment {
  const columns = wanted.filter((one) => one !== false);
  const style = (kind: "number" | undefined) => kind !== undefined && html` class="${kind}"`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          ${columns.map(([heading, , kind]) => html`<th scope="col" ${style(kind)}>${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map(([, cell, kind], n) =>
                n === 0
                  ? html`<th scope="row" ${style(kind)}>${cell(row)}</th>`
                  : html`<td${style(kind)}>${cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Facts with their names. */
export function facts(rows: readonly (readonly [name: string, value: Value])[]): Fragment {
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
