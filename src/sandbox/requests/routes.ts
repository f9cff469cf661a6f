import type { Stored } from "../data/rows.ts";
import { APPLICATIONS, JOBBOARD_APPLICATIONS } from "../resources/applications.ts";
import { CAMPAIGNS, JOBBOARD_CAMPAIGNS } from "../resources/campaigns.ts";
import { APPLICANTS, ENTITIES, MANAGERS, UNITS } from "../resources/people.ts";
import type { SandboxResource } from "../resources/resource.ts";
import type { Variants } from "../variants.ts";
import type { SandboxAnswer } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import { createApplicant, createApplication } from "./creations.ts";
import type { SandboxKind } from "./keys.ts";
import { answerList, answerShow } from "./reads.ts";

export interface SandboxRoute {
  readonly method: "GET" | "POST";
  readonly kind: SandboxKind;
  /** Below the base URL. */
  readonly path: string;
  readonly scope: string;
  readonly answer: (context: RequestContext) => SandboxAnswer;
}

type Endpoint = readonly [kind: SandboxKind, path: string, scope: string];

const list = <Row extends Stored>(
  [kind, path, scope]: Endpoint,
  resource: SandboxResource<Row>,
): readonly SandboxRoute[] => [
  { method: "GET", kind, path, scope, answer: (context) => answerList(context, resource) },
];

/** The list, and one object of it by its id. */
const read = <Row extends Stored>(
  [kind, path, scope]: Endpoint,
  resource: SandboxResource<Row>,
  isShown: (variants: Variants) => boolean = () => true,
): readonly SandboxRoute[] => {
  const show = (context: RequestContext) =>
    isShown(context.variants) ? answerShow(context, resource) : context.refusals.notFound();
  return [...list([kind, path, scope], resource), { method: "GET", kind, path: `${path}/:id`, scope, answer: show }];
};

const create = ([kind, path, scope]: Endpoint, answer: SandboxRoute["answer"]): readonly SandboxRoute[] => [
  { method: "POST", kind, path, scope, answer },
];

/** Every endpoint of the reference (sections 9 and 10) but `POST /jwt`, which needs no token. */
export const ROUTES: readonly SandboxRoute[] = [
  read(["customer", "/campaigns", "campaigns_read"], CAMPAIGNS),
  read(["customer", "/applications", "applications_read"], APPLICATIONS, (v) => v.applicationShow === "exists"),
  read(["customer", "/applicants", "applicants_read"], APPLICANTS),
  create(["customer", "/applicants", "applicants_write"], createApplicant),
  read(["customer", "/managers", "managers_read"], MANAGERS),
  read(["customer", "/entities", "managers_read"], ENTITIES),
  list(["customer", "/entities/:entity_id/units", "managers_read"], UNITS),
  read(["jobboard", "/jobboards/campaigns", "campaigns_read"], JOBBOARD_CAMPAIGNS, (v) => v.jobboardShow === "exists"),
  list(["jobboard", "/jobboards/applications", "applications_read"], JOBBOARD_APPLICATIONS),
  create(["jobboard", "/jobboards/applications", "applications_write"], createApplication),
  create(["jobboard", "/jobboards/applicants", "applicants_write"], createApplicant),
].flat();
