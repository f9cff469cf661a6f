import { QUESTIONS, type Question } from "../../src/report/questions.ts";

const SOURCE = { type: "grafana-postgresql-datasource", uid: "${datasource}" } as const;
/** A day comes as its midnight in UTC, and is shown in the time zone of the board. */
const TIMEZONE = "utc";
const UNITS = { day: "time:YYYY-MM-DD", moment: "time:YYYY-MM-DD HH:mm [UTC]" } as const;
const CHARTS: Readonly<Record<string, string>> = { applications: "barchart", hires: "barchart", funnel: "barchart" };
const WIDTH = 12;
const HEIGHT = 9;

/** The board of deploy/grafana/recruiting.json: a panel for each question, in two columns. */
export function recruitingBoard(): object {
  return {
    title: "applicant-sync: recruiting",
    uid: "applicant-sync-recruiting",
    tags: ["applicant-sync"],
    schemaVersion: 38,
    version: 1,
    editable: true,
    timezone: TIMEZONE,
    refresh: "15m",
    time: { from: "now-1y", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: SOURCE.type, label: "Data source" },
        {
          name: "account",
          type: "query",
          label: "Account",
          datasource: SOURCE,
          query: "select distinct account from report.status order by account",
          refresh: 1,
        },
      ],
    },
    annotations: { list: [] },
    panels: Object.entries<Question>(QUESTIONS).map(([name, { title, sql, columns }], i) => ({
      id: i + 1,
      title: title.en,
      description: title.fr,
      type: CHARTS[name] ?? "table",
      gridPos: { x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      datasource: SOURCE,
      fieldConfig: {
        defaults: {},
        overrides: Object.values(columns).flatMap(({ en, is }) =>
          is === undefined
            ? []
            : [{ matcher: { id: "byName", options: en }, properties: [{ id: "unit", value: UNITS[is] }] }],
        ),
      },
      targets: [
        {
          refId: "A",
          format: "table",
          rawQuery: true,
          rawSql: sql.replaceAll("$1", "${account:sqlstring}"),
          datasource: SOURCE,
        },
      ],
      transformations: [
        {
          id: "organize",
          options: {
            excludeByName: Object.fromEntries(
              Object.entries(columns).flatMap(([column, { only }]) => (only === "fr" ? [[column, true]] : [])),
            ),
            renameByName: Object.fromEntries(Object.entries(columns).map(([column, head]) => [column, head.en])),
          },
        },
      ],
    })),
  };
}
