import { AppError } from "../platform/errors.ts";
import { createCreations, type Creations } from "./create.ts";
import {
  isBlank,
  isNotFound,
  isOtherRecord,
  listRefused,
  otherRecord,
  readItem,
  readItems,
  readJson,
  unreadable,
} from "./answer/body.ts";
import type { CallContext } from "./request/exchange.ts";
import { NOTHING_BEHIND, readPagination, type ListAnswer } from "./answer/pagination.ts";
import type { RequestLog } from "../quota/request-gate.ts";
import {
  isScope,
  isShown,
  kindsOf,
  lists,
  MAX_PAGE_ROWS,
  offeredTo,
  probeOf,
  type AccountKind,
  type ListName,
} from "./kelio.ts";
import { createSend, type ApiSettings } from "./request/send.ts";

export type { ApplicantBody, CreateContext, Creation } from "./create.ts";
export type { ApiSettings, CallContext, RequestLog };

interface ListQuery {
  /** The entity whose units are listed. Only `units` has it. */
  readonly parent?: string;
  /** From 1. */
  readonly page: number;
  /** From 1 to 50. */
  readonly perPage: number;
  readonly order?: string;
  readonly sort?: "asc" | "desc";
  readonly embed?: readonly string[];
  /** By the name the query string has, e.g. `status[value]`. */
  readonly filters?: Readonly<Record<string, string>>;
}

export interface ApiClient extends Creations {
  /**
   * Reads one page of a list. The items are not validated: see schemas/. A 204, an empty body and a 404 after the first page
   * are a page without rows. A 404 for the first page throws `api_list_refused`: this is how some servers hide a list from a
   * key.
   */
  readonly list: (name: ListName, query: ListQuery, context: CallContext) => Promise<ListAnswer>;
  /**
   * Reads one object by its id (an applicant also by e-mail). It is not validated. Only for customer accounts, and not for
   * units, which have no known show endpoint. Throws kind `not-found` if it is not there, and `api_other_record` for an
   * object with another id. The caller must check that an object requested by e-mail has that e-mail: a server may read
   * `12abc@…` as 12.
   */
  readonly show: (name: ListName, id: string, context: CallContext, embed?: readonly string[]) => Promise<unknown>;
  /**
   * Requests one row of the list of a read scope; returns if it is granted. Throws `not_probed` for a write scope, which cannot be tried.
   */
  readonly probe: (scope: string, context: CallContext) => Promise<void>;
  /** Closes the connections. */
  readonly close: () => void;
}

/**
 * The Kelio ATS API v2 (sections 9 and 10 of the reference). Each call sends at most one HTTP request and retries
 * nothing: what to do next is in the `disposition` of the `AppError` it throws.
 */
export function createApiClient(
  settings: ApiSettings,
  deps: { readonly log: RequestLog; readonly now?: () => number },
): ApiClient {
  const { send, close } = createSend(settings, { now: Date.now, ...deps });
  const prefix = settings.kind === "jobboard" ? "/jobboards" : "";

  async function list(name: ListName, query: ListQuery, context: CallContext): Promise<ListAnswer> {
    const { path } = lists[name];
    if (!offeredTo(name).includes(settings.kind)) throw notOffered(`the list of ${name}`, settings.kind);
    const request = {
      method: "GET",
      path: prefix + path,
      ...parentOf(path, query),
      query: listParameters(query),
      reads: isNotFound,
    } as const;
    return send(request, context, (answer) => {
      if (isNotFound(answer.status)) {
        if (query.page > 1) return NOTHING_BEHIND;
        throw listRefused(request, answer);
      }
      const pagination = readPagination(answer.headers);
      if (isBlank(answer)) return { items: [], pagination };
      const items = readItems(name, readJson(request, answer));
      if (items === undefined) throw unreadable(request, answer, "JSON that holds no list");
      return { items, pagination };
    });
  }

  return {
    ...createCreations(send, settings.kind),

    list,

    async show(name, id, context, embed = []) {
      if (!isShown(name, settings.kind)) throw notOffered(`one of ${name} by its id`, settings.kind);
      const path = `${prefix}${lists[name].path}/:id`;
      const request = { method: "GET", path, id, query: embedParameter(embed) } as const;
      return send(request, context, (answer) => {
        const item = readItem(name, readJson(request, answer));
        if (item === undefined) throw unreadable(request, answer, "JSON that holds no object with an id");
        if (isOtherRecord(item, id)) throw otherRecord(request, answer);
        return item;
      });
    },

    async probe(scope, context) {
      if (!isScope(scope) || !kindsOf(scope).includes(settings.kind))
        throw notOffered(`the scope ${scope}`, settings.kind);
      const name = probeOf(scope);
      if (name === null) {
        throw new AppError("not_probed", `Only a write would show whether ${scope} is granted.`, {
          disposition: "fail",
        });
      }
      await list(name, { page: 1, perPage: 1 }, context);
    },

    close,
  };
}

/** Checks that a nested list has a parent and any other list none, because a request for the wrong rows would look like a success. */
function parentOf(path: string, { parent }: ListQuery): { readonly id?: string } {
  if (path.includes(":id") !== (parent !== undefined)) {
    const problem = `The list ${path} is asked for ${parent === undefined ? "without" : "with"} a parent.`;
    throw new AppError("api_query", problem, { disposition: "fail" });
  }
  return parent === undefined ? {} : { id: parent };
}

function listParameters({ page, perPage, order, sort, embed = [], filters = {} }: ListQuery): Record<string, string> {
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(perPage) || perPage < 1 || perPage > MAX_PAGE_ROWS) {
    const problem = `No such page of a list: page ${page}, per_page ${perPage}; at most ${MAX_PAGE_ROWS} a page.`;
    throw new AppError("api_query", problem, { disposition: "fail" });
  }
  return {
    page: String(page),
    per_page: String(perPage),
    ...(order === undefined ? {} : { order }),
    ...(sort === undefined ? {} : { sort }),
    ...embedParameter(embed),
    ...filters,
  };
}

function embedParameter(embed: readonly string[]): Record<string, string> {
  return embed.length === 0 ? {} : { embed: embed.join(",") };
}

function notOffered(what: string, kind: AccountKind): AppError {
  return new AppError("not_offered", `The API does not offer ${what} to a ${kind} account.`, { disposition: "fail" });
}
