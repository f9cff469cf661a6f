import type { SandboxAnswer } from "./answer.ts";
import { APPLICATIONS, JOBBOARD_APPLICATIONS } from "../resources/applications.ts";
import { CAMPAIGNS, JOBBOARD_CAMPAIGNS } from "../resources/campaigns.ts";
import type { RequestContext } from "./context.ts";
import { createApplicant, createApplication } from "./creations.ts";
import type { SandboxKind } from "./keys.ts";
import { answerList } from "./list.ts";
import { APPLICANTS, ENTITIES, MANAGERS, UNITS } from "../resources/people.ts";
import type { Variants } from "../variants.ts";
import type { SandboxResource } from "../resources/resource.ts";
import type { Stored } from "../data/rows.ts";
import { answerShow } from "./show.ts";

export interface Route {
  readonly method: "GET" | "POST";
  /** Below the base URL. */
  readonly path: string;
  readonly kind: SandboxKind;
  readonly scope: string;
  readonly answer: (context: RequestContext) => SandboxAnswer;
}

const list = <Row extends Stored>(
  kind: SandboxKind,
  path: string,
  scope: string,
  resource: SandboxResource<Row>,
): Route => ({
  method: "GET",
  path,
  kind,
  scope,
  answer: (context) => answerList(context, resource),
});

const show = <Row extends Stored>(
  kind: SandboxKind,
  path: string,
  scope: string,
  resource: SandboxResource<Row>,
  exists: (variants: Variants) => boolean = () => true,
): Route => ({
  method: "GET",
  path,
  kind,
  scope,
  answer: (context) => (exists(context.variants) ? answerShow(context, resource) : context.refusals.notFound()),
});

const create = (
  kind: SandboxKind,
  path: string,
  scope: string,
  answer: (context: RequestContext) => SandboxAnswer,
): Route => ({ method: "POST", path, kind, scope, answer });

/** Every endpoint of the reference (sections 9 and 10) but `POST /jwt`, which needs no token. */
export const ROUTES: readonly Route[] = [
  list("customer", "/campaigns", "campaigns_read", CAMPAIGNS),
  show("customer", "/campaigns/:id", "campaigns_read", CAMPAIGNS),
  list("customer", "/applications", "applications_read", APPLICATIONS),
  show("customer", "/applications/:id", "applications_read", APPLICATIONS, (r) => r.applicationShow === "exists"),
  list("customer", "/applicants", "applicants_read", APPLICANTS),
  show("customer", "/applicants/:id", "applicants_read", APPLICANTS),
  create("customer", "/applicants", "applicants_write", createApplicant),
  list("customer", "/managers", "managers_read", MANAGERS),
  show("customer", "/managers/:id", "managers_read", MANAGERS),
  list("customer", "/entities", "managers_read", ENTITIES),
  show("customer", "/entities/:id", "managers_read", ENTITIES),
  list("customer", "/entities/:entity_id/units", "managers_read", UNITS),
  list("jobboard", "/jobboards/campaigns", "campaigns_read", JOBBOARD_CAMPAIGNS),
  show(
    "jobboard",
    "/jobboards/campaigns/:id",
    "campaigns_read",
    JOBBOARD_CAMPAIGNS,
    (r) => r.jobboardShow === "exists",
  ),
  list("jobboard", "/jobboards/applications", "applications_read", JOBBOARD_APPLICATIONS),
  create("jobboard", "/jobboards/applications", "applications_write", createApplication),
  create("jobboard", "/jobboards/applicants", "applicants_write", createApplicant),
];
