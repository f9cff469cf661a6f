import type { CreateContext, Creation } from "../../src/api/client.ts";
import type { Step } from "../../src/outbox/import/states.ts";
import type { Sandbox } from "../../src/sandbox/server.ts";
import type { Subject } from "./fault-people.ts";
import type { Between } from "./outpost.ts";

/**
 * Does to the requests of the subjects what no answer of the sandbox does: nobody listens, or the worker is gone before the
 * answer arrives. `sandbox` is asked for late, since the outbox is built with this.
 */
export function between(subjects: readonly Subject[], sandbox: () => Pick<Sandbox, "data">): Between {
  const byEmail = new Map(subjects.map((subject) => [subject.email, subject]));
  const counts = new Map<string, number>();

  return ({ api, refusing }, queue) => {
    type Api = typeof api;
    async function send(
      email: string,
      step: Step,
      context: CreateContext,
      call: (through: Api, context: CreateContext) => Promise<Creation>,
    ): Promise<Creation> {
      const subject = byEmail.get(email);
      const request = (counts.get(`${email} ${step}`) ?? 0) + 1;
      counts.set(`${email} ${step}`, request);
      if (subject === undefined || subject.step !== step || request > subject.fault.times) return call(api, context);
      const { refused, death, job } = subject.fault;
      if (refused === true) return call(refusing, context);
      if (death === undefined) return call(api, context);
      if (death === "after the effect") await call(api, context).catch(() => undefined);
      // That the request arrived and nothing came of it is, here, the same as that it never left.
      queue.leaveBehind(context.job ?? "", job === "again");
      return new Promise<never>(() => {});
    }

    return {
      createApplicant: (company, applicant, context) =>
        send(applicant.email, "applicant", context, (through, with_) =>
          through.createApplicant(company, applicant, with_),
        ),
      createApplication: (ids, context) =>
        send(
          sandbox().data.applicants.get(Number(ids.applicant))?.email ?? "",
          "application",
          context,
          (through, with_) => through.createApplication(ids, with_),
        ),
    };
  };
}
