/** The runs of the last night and the plan of the coming one on one axis of time. */
import type { Language, Text } from "../../../platform/language.ts";
import { namesOf } from "../../state/describe.ts";
import { foreign, html, type Fragment } from "../html.ts";
import { STAGES, type Stage } from "../run-words.ts";
import type { Times } from "../times.ts";
import { plain } from "../../../platform/text.ts";
import { wordsIn } from "../words.ts";

/** A run, or one that is planned. */
export interface Bar {
  readonly resource: string;
  readonly stage: Stage;
  readonly from: Date;
  readonly to: Date;
}

export interface Axis {
  readonly from: Date;
  readonly to: Date;
  readonly now: Date;
}

/** The length of the axis in the unit of the drawing; a bar is never shorter than `SHORTEST` of it. */
const LENGTH = 1_000;
const SHORTEST = 4;
const HOURS_PER_MARK = 6;

const TEXTS = {
  summary: {
    en: "{resource}: {ended} ended, {failed} failed, {planned} planned",
    fr: "{resource} : {ended} {ended|terminée|terminées}, {failed} {failed|échouée|échouées}, {planned} {planned|prévue|prévues}",
  },
  legend: { en: "Now is the vertical line.", fr: "La ligne verticale est l'instant présent." },
} as const satisfies Readonly<Record<string, Text>>;

/** A row of bars for each resource. The tables beside it say the same in words. */
export function timeline(axis: Axis, bars: readonly Bar[], language: Language, times: Times): Fragment {
  const resources = [...new Set(bars.map(({ resource }) => resource))];
  const marks = marksOf(axis);
  return html`<figure class="timeline">
    <div class="marks" aria-hidden="true">
      ${marks.map((mark) => html`<span>${times.clock(mark)}<br />${times.day(mark)}</span>`)}
    </div>
    ${resources.map((resource) => {
      const own = bars.filter((bar) => bar.resource === resource);
      return html`<div class="row">
        <span>${foreign(namesOf([resource], language))}</span>
        <svg
          viewBox="0 0 ${LENGTH} 20"
          preserveAspectRatio="none"
          role="img"
          aria-label="${summary(resource, own, language)}"
        >
          <line class="base" x1="0" y1="19" x2="${LENGTH}" y2="19" />
          ${legendOf(own).map((stage) => {
            const ofStage = own.filter((bar) => bar.stage === stage);
            return html`<g class="${STAGES[stage].colour}"
              >${ofStage.map((bar) => rectangle(axis, bar, language, times))}</g
            >`;
          })}
          <line class="now" x1="${at(axis, axis.now)}" y1="0" x2="${at(axis, axis.now)}" y2="20" />
        </svg>
      </div>`;
    })}
    <figcaption class="soft">
      ${legendOf(bars).map((stage) => html`<span class="key ${STAGES[stage].colour}">${STAGES[stage][language]}</span> `)}
      ${TEXTS.legend[language]}
    </figcaption>
  </figure>`;
}

function rectangle(axis: Axis, { stage, from, to }: Bar, language: Language, times: Times): Fragment {
  const start = Math.min(at(axis, from), LENGTH - SHORTEST);
  const width = Math.max(SHORTEST, at(axis, to) - start);
  const clocks = [...new Set([times.clock(from), times.clock(to)])].join("–");
  // There are hundreds: all that they share is in the stylesheet, and in their group.
  return html`<rect x="${start}" width="${width}"><title>${clocks}: ${STAGES[stage][language]}</title></rect>`;
}

function summary(resource: string, bars: readonly Bar[], language: Language): string {
  const count = (...stages: readonly Stage[]) => bars.filter(({ stage }) => stages.includes(stage)).length;
  return wordsIn(TEXTS, language)("summary", {
    resource: plain(namesOf([resource], language)),
    ended: count("proven", "done", "unproven", "needs_review"),
    failed: count("failed"),
    planned: count("planned"),
  });
}

function legendOf(bars: readonly Bar[]): readonly Stage[] {
  return [...new Set(bars.map(({ stage }) => stage))];
}

/** Where a time is on the axis, in its unit. */
function at({ from, to }: Axis, time: Date): number {
  const share = (time.getTime() - from.getTime()) / (to.getTime() - from.getTime());
  return Math.round(Math.min(1, Math.max(0, share)) * LENGTH);
}

function marksOf({ from, to }: Axis): readonly Date[] {
  const hours = Math.floor((to.getTime() - from.getTime()) / 3_600_000);
  return Array.from(
    { length: Math.floor(hours / HOURS_PER_MARK) },
    (_, n) => new Date(from.getTime() + n * HOURS_PER_MARK * 3_600_000),
  );
}
