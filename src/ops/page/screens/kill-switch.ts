/** The kill switch: whether it is on, since when and why, and the forms that turn it on and off. */
import { createHash } from "node:crypto";
import { releaseAll, holdAll } from "../../../outbox/operations/hold.ts";
import { queryOf } from "../../../outbox/operations/switch.ts";
import { heldReasonIn, pendingRestore } from "../../../outbox/restore/decision.ts";
import type { Text } from "../../../platform/language.ts";
import { readKillSwitch } from "../../state/decided.ts";
import type { PageContext } from "../context.ts";
import { decisionForm, forOperator, refusedScreen, storeOf, whyOf } from "../forms.ts";
import { wordsIn } from "../words.ts";
import { foreign, html, type Fragment } from "../html.ts";
import type { Redirect, Route, Screen, Visit } from "../route.ts";
import { facts } from "../table.ts";

const TEXTS = {
  title: { en: "Kill switch", fr: "Arrêt d'urgence" },
  on: { en: "The kill switch is on: nothing is sent.", fr: "L'arrêt d'urgence est activé : rien n'est envoyé." },
  off: {
    en: "The kill switch is off: imports are sent.",
    fr: "L'arrêt d'urgence n'est pas activé : les imports sont envoyés.",
  },
  since: { en: "Since", fr: "Depuis" },
  throw: { en: "Hold all imports", fr: "Suspendre tous les imports" },
  throwMeans: {
    en: "Nothing more is sent from the next moment on, including imports that arrive later. What was sent already is still recorded.",
    fr: "Plus rien n'est envoyé dès l'instant suivant, y compris les imports qui arrivent plus tard. Ce qui est déjà parti est encore enregistré.",
  },
  release: { en: "Release all imports", fr: "Libérer tous les imports" },
  releaseMeans: {
    en: "What the switch holds is sent. New people are created in the account, and the vendor may e-mail them. What is held for another reason stays held.",
    fr: "Ce que l'arrêt d'urgence suspend est envoyé. Les nouvelles personnes sont créées dans le compte, et l'éditeur peut leur envoyer un e-mail. Ce qui est suspendu pour un autre motif le reste.",
  },
  restored: {
    en: "Since {time}, imports are held because {why}.",
    fr: "Depuis le {time}, les imports sont suspendus, car {why}.",
  },
  checked: {
    en: "I have made sure that no other worker or database sends for this account, and a sync has shown who exists.",
    fr: "Je me suis assuré qu'aucun autre processus ni aucune autre base n'envoie pour ce compte, et une synchronisation a montré qui existe.",
  },
  unchecked: {
    en: "Nothing was released: confirm that you have checked the account after the database was restored or copied.",
    fr: "Rien n'a été libéré : confirmez que vous avez vérifié le compte après la restauration ou la copie de la base.",
  },
  stale: {
    en: "The kill switch has changed since the form was shown.",
    fr: "L'arrêt d'urgence a changé depuis que le formulaire a été affiché.",
  },
} as const satisfies Readonly<Record<string, Text>>;

const PATH = "/ops/kill-switch";

export const killSwitchRoutes: readonly Route[] = [
  { method: "GET", path: PATH, role: "viewer", handle: show },
  { method: "POST", path: `${PATH}/on`, role: "operator", handle: turnOn },
  { method: "POST", path: `${PATH}/off`, role: "operator", handle: turnOff },
];

/** The switch as it is now, not as a state that is kept for seconds. */
async function readNow({ database, config }: PageContext) {
  const { account } = config;
  const { held: isOn, since, reason } = await readKillSwitch(database, account);
  return { isOn, since, reason, pending: await pendingRestore(queryOf(database), account) };
}

/** Tells what was shown from what is there now, without the text of the reason. */
const seenOf = ({ since, reason }: Pick<Awaited<ReturnType<typeof readNow>>, "since" | "reason">): string =>
  `${since?.getTime() ?? ""} ${createHash("sha256")
    .update(reason ?? "")
    .digest("base64url")}`;

async function show(context: PageContext, visit: Visit): Promise<Screen> {
  const { language, times, person } = visit;
  const t = wordsIn(TEXTS, language);
  const { isOn, since, reason, pending } = await readNow(context);
  // A viewer does not read what a person wrote.
  const why = reason === null || person.role === "viewer" ? "–" : heldReasonIn(language, reason);
  const checked = html`<p>
    <label><input type="checkbox" name="checked" value="yes" required /> ${t("checked")}</label>
  </p>`;
  const restored =
    pending !== null &&
    html`<p class="red">
      ${t("restored", { time: `${times.day(pending.foundAt)} ${times.clock(pending.foundAt)}`, why: pending.reason[language] })}
    </p>`;
  const form = (): Fragment =>
    isOn
      ? html`<p class="notice">${t("releaseMeans")}</p>
          ${decisionForm({
            action: `${PATH}/off`,
            language,
            button: t("release"),
            isDanger: true,
            shown: { seen: seenOf({ since, reason }) },
            fields: pending === null ? html`` : checked,
          })}`
      : html`<p class="notice">${t("throwMeans")}</p>
          ${decisionForm({ action: `${PATH}/on`, language, button: t("throw"), isDanger: true })}`;
  return {
    title: t("title"),
    main: html`<p class="${isOn ? "red" : "green"}">${t(isOn ? "on" : "off")}</p>
      ${
        isOn &&
        facts([
          [t("since"), times.at(since)],
          [t("why"), foreign(why)],
        ])
      }
      ${restored} ${forOperator(visit, form)}`,
  };
}

async function turnOn(context: PageContext, visit: Visit): Promise<Redirect> {
  await holdAll(storeOf(context, visit), whyOf(visit));
  return { location: PATH };
}

async function turnOff(context: PageContext, visit: Visit): Promise<Screen | Redirect> {
  const { language, form } = visit;
  const t = wordsIn(TEXTS, language);
  const { pending, ...now } = await readNow(context);
  if (form.get("seen") !== seenOf(now)) return refusedScreen(language, t("stale"), PATH);
  if (pending !== null && form.get("checked") !== "yes") return refusedScreen(language, t("unchecked"), PATH);
  await releaseAll(storeOf(context, visit), pending !== null);
  return { location: PATH };
}
