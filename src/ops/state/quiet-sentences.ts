/** What the sentences say while nothing is wrong. Pure. */
import { fill, type Facts, type Language, type Text } from "../../platform/language.ts";
import { localTime } from "../../platform/text.ts";
import type { SentenceCode } from "./condition-row.ts";
import { earliest } from "./deadlines.ts";
import { namesOf } from "./describe.ts";
import type { State } from "./account-state.ts";

interface Quiet {
  readonly text: string;
  readonly next: string | null;
}

export const QUIET: Readonly<Record<SentenceCode, (state: State, language: Language) => Quiet>> = {
  fresh({ resources }, language) {
    const kept = resources.filter(({ word }) => word !== "off");
    const running = resources.filter((one) => one.running !== null).map(({ resource }) => resource);
    const now = running.length === 0 ? "" : say(RUNNING, { resources: namesOf(running, language) }, language);
    const oldest = earliest(kept.map(({ freshAsOf }) => freshAsOf));
    if (kept.length === 0) return quiet(`${TEXTS.off[language]}${now}`);
    if (oldest === null) return quiet(`${TEXTS.first[language]}${now}`);
    const unread = kept.filter(({ freshAsOf }) => freshAsOf === null).map(({ resource }) => resource);
    const facts = { time: timeOf(oldest), resources: namesOf(unread, language) };
    return quiet(`${say(unread.length === 0 ? TEXTS.fresh : TEXTS.unread, facts, language)}${now}`);
  },
  proven({ resources }, language) {
    const kept = resources.filter(({ word, freshAsOf }) => word !== "off" && freshAsOf !== null);
    const unproven = kept.filter(({ provenAsOf }) => provenAsOf === null).map(({ resource }) => resource);
    const oldest = earliest(kept.map(({ provenAsOf }) => provenAsOf));
    if (unproven.length > 0) return quiet(say(TEXTS.unproven, { resources: namesOf(unproven, language) }, language));
    if (oldest === null) return quiet(TEXTS.nothing[language]);
    const isWhole = resources.every(({ word, freshAsOf }) => word === "off" || freshAsOf !== null);
    return quiet(say(isWhole ? TEXTS.proven : TEXTS.provenInPart, { time: timeOf(oldest) }, language));
  },
  night({ lastNight }, language) {
    const { from, ended, failed, rowsChanged, requests } = lastNight;
    return quiet(say(TEXTS.night, { time: timeOf(from), ended, failed, rows: rowsChanged, requests }, language));
  },
  deletions: (_, language) => quiet(TEXTS.deletions[language]),
  imports({ imports }, language) {
    const { draft, ready, sending, unknown } = imports.counts;
    return quiet(say(TEXTS.imports, { waiting: draft + ready + sending + unknown }, language));
  },
  quota({ quota, forecast }, language) {
    const facts = {
      used: quota.lastMinute,
      most: quota.perMinute,
      until: timeOf(forecast.to),
      requests: forecast.requests,
    };
    return quiet(say(TEXTS.quota, { ...facts, percent: Math.ceil(forecast.share * 100) }, language));
  },
  workers({ workers }, language) {
    const { running } = workers;
    return quiet(running === null ? TEXTS.unknown[language] : say(TEXTS.workers, { count: running }, language));
  },
  notices({ notices }, language) {
    const { channels } = notices;
    if (channels.length > 0) return quiet(say(TEXTS.notices, { channels: channels.join(", ") }, language));
    return { text: TEXTS.silent[language], next: TEXTS.setChannel[language] };
  },
};

const RUNNING: Text = { en: " Running now: {resources}.", fr: " En cours : {resources}." };

const TEXTS = {
  off: { en: "No schedule keeps the mirror fresh.", fr: "Aucune planification ne tient la copie à jour." },
  first: { en: "Nothing has been synced yet.", fr: "Rien n'a encore été synchronisé." },
  fresh: {
    en: "The mirror is as fresh as its schedules keep it: everything was read at {time} or later.",
    fr: "La copie est à jour selon ses planifications : tout a été lu le {time} ou après.",
  },
  unread: {
    en: "Not read to the end yet: {resources}. Everything else was read at {time} or later.",
    fr: "Pas encore lu jusqu'au bout : {resources}. Tout le reste a été lu le {time} ou après.",
  },
  unproven: {
    en: "The lists of {resources} are read, and not proven complete yet.",
    fr: "Lecture faite, mais pas encore prouvée complète : {resources}.",
  },
  nothing: { en: "Nothing is to be proven yet.", fr: "Rien n'est encore à prouver." },
  proven: {
    en: "The mirror was proven complete at {time} or later.",
    fr: "La copie est prouvée complète au {time} ou après.",
  },
  provenInPart: {
    en: "What has been read to the end was proven complete at {time} or later.",
    fr: "Ce qui a été lu jusqu'au bout est prouvé complet au {time} ou après.",
  },
  night: {
    en: "Since {time}, {ended} {ended|sync|syncs} ended well and {failed} failed; {rows} {rows|row|rows} changed, with {requests} {requests|request|requests}.",
    fr: "Depuis le {time} : {ended} {ended|synchronisation réussie|synchronisations réussies}, {failed} en échec, {rows} {rows|ligne modifiée|lignes modifiées}, {requests} {requests|requête|requêtes}.",
  },
  deletions: { en: "No deletion waits for a decision.", fr: "Aucune suppression n'attend de décision." },
  imports: {
    en: "No import waits for a person; {waiting} {waiting|is on its|are on their} way.",
    fr: "Aucun import n'attend de décision ; {waiting} en chemin.",
  },
  quota: {
    en: "{used} of {most} requests of this minute {used|is|are} used; the syncs until {until} need {requests}, {percent} % of the quota.",
    fr: "{used} {used|requête|requêtes} sur {most} {used|utilisée|utilisées} cette minute ; {requests} {requests|prévue|prévues} d'ici au {until}, soit {percent} % du quota.",
  },
  unknown: {
    en: "Whether a worker runs is not known: this user of Redis may not ask.",
    fr: "Impossible de savoir si un processus de travail est actif : cet utilisateur de Redis n'a pas ce droit.",
  },
  workers: { en: "Workers running: {count}.", fr: "Processus de travail actifs : {count}." },
  notices: { en: "Problems are reported to: {channels}.", fr: "Les problèmes sont signalés à : {channels}." },
  silent: {
    en: "Problems are shown here and reported nowhere else.",
    fr: "Les problèmes sont affichés ici et ne sont signalés nulle part ailleurs.",
  },
  setChannel: {
    en: "Set NOTIFY_URL, SMTP_URL with NOTIFY_EMAIL, or HEARTBEAT_URL, then: applicant-sync notify test",
    fr: "Définissez NOTIFY_URL, SMTP_URL avec NOTIFY_EMAIL, ou HEARTBEAT_URL, puis : applicant-sync notify test",
  },
} as const satisfies Readonly<Record<string, Text>>;

function quiet(text: string): Quiet {
  return { text, next: null };
}

function say(text: Text, facts: Facts, language: Language): string {
  return fill(text, facts)[language];
}

function timeOf(time: Date): string {
  return localTime(time, "minute");
}
