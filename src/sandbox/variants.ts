/**
 * The variants of the API's behaviour: for each open question of the API reference (section 14), and for what frameworks,
 * proxies and firewalls commonly do (section 16). The first value of each row is the default. Tests iterate over this table.
 */
export const VARIANTS = {
  /** Q1: status of `POST /jwt`. */
  jwtStatus: [200, 201],
  /** Q1: the form of the token. `text` is a bare text body, `bearer` a `token` that begins with "Bearer ". */
  jwtAnswer: [
    "token",
    "jwt",
    "access_token",
    "authorization",
    "data.token",
    "data.jwt",
    "json-string",
    "text",
    "bearer",
    "unknown",
  ],
  /** Q1: whether an issued token claims its expiry. It expires in either case. */
  jwtExpiry: ["claimed", "silent"],
  /** 16: the status for keys that `POST /jwt` does not know. 404 has no body. */
  refusedKeys: [401, 404],
  /** 16: a token whose `iat` lies in the future. */
  futureTokens: ["accepted", "refused"],
  /**
   * Q4: the body of a refusal. `rails` holds the status and its name, or after a validation a map of field to messages at
   * the root; `challenge` is the same, but reports the cause of a 401 or 403 in `WWW-Authenticate` alone.
   */
  errorBody: [
    "message",
    "error",
    "error-object",
    "errors-text",
    "errors-list",
    "errors-map",
    "detail",
    "text",
    "html",
    "empty",
    "rails",
    "challenge",
  ],
  /** 16: the status of a body that is not JSON, or that lacks the object asked for. */
  malformedBody: [422, 400],
  /**
   * 16: the 403 over the quota. `banned` is plain text and refuses every request until the ban ends; `firewall` is HTML and
   * counts all keys of the address together.
   */
  overQuota: ["refused", "banned", "firewall"],
  /**
   * 16: what is in front of the API. `firewall` answers 403 to requests without User-Agent and to bodies above 8 KB;
   * `body-limit` answers 413 to bodies above 1 MB. Both with HTML.
   */
  barrier: ["none", "firewall", "body-limit"],
  /** Q5: whether the body of a 403 distinguishes the quota from a missing scope. */
  forbiddenBody: ["alike", "distinct"],
  /** Q5: the status of a missing scope. */
  scopeStatus: [403, 401, 404],
  /**
   * Q7: the form of the pagination. `arrows` is a Ruby hash; `headers` is one header for each value, and so is `bare`, with
   * names such as `Total-Count`; `link` is a `Link` with rel="next"; `unreadable` is prose.
   */
  pagination: ["json", "colons", "equals", "arrows", "headers", "absent", "unreadable", "bare", "link"],
  /** 16: `last-page` is the number of the last page, or whether this page is the last. */
  lastPage: ["number", "boolean"],
  /** 16: `last-page` of an empty list. */
  lastOfEmpty: [1, 0],
  /** 16: a page without rows: an empty list, 204 without a body, or 404 for a page after the last. */
  emptyPage: ["list", "no-content", "not-found"],
  /** Q7: what separates the values in the list forms. */
  paginationSeparator: ["comma", "semicolon"],
  /** Q7: the spelling of the names. */
  paginationNames: ["hyphen", "underscore", "camel"],
  /** Q7: numbers as numbers or in quotes. */
  paginationNumbers: ["number", "string"],
  /** Q7: `next-page` on the last page. `same` repeats the number of the last page. */
  nextOnLast: ["null", "absent", "empty", "zero", "same"],
  /** Q7: whether `total-count` (and with it `last-page`) is reported. */
  total: ["reported", "omitted"],
  /** Q8: the effect of a `per_page` above 50. */
  overlongPage: ["clamped", "refused"],
  /** 16: the largest page, in rows; a request for more returns this many. */
  largestPage: [50, 25, 20],
  /** Q9: status of a creation. */
  creationStatus: [201, 200, 202],
  /** Q9: body of a creation. `named` is under `applicant` or `application`; `silent` is an object without any id. */
  creationAnswer: ["object", "id", "named", "data", "data-named", "silent", "empty"],
  /** Q10: a second applicant with the same e-mail in the same company. */
  duplicateApplicant: ["refused-422", "refused-409", "refused-409-with-id", "merged", "overwritten", "doubled"],
  /** Q10: a second application of the same applicant to the same campaign. */
  duplicateApplication: ["refused-422", "refused-409", "refused-409-with-id", "merged", "doubled"],
  /** 16: the message for a value in use, in the language of the account. French has two. */
  duplicateText: ["en", "fr", "fr-used", "es"],
  /** 16: what detects a duplicate that is refused. If only the database does, the answer is 500. */
  duplicateNoticedBy: ["validation", "database"],
  /** 16: whether a resume is processed successfully, which happens after the answer. */
  resumes: ["kept", "dropped"],
  /** Q11: whether an application e-mails its applicant too. */
  applicationMail: ["none", "applicant"],
  /** Q12: which campaigns a jobboard lists. */
  jobboardCampaigns: ["online", "all"],
  /** 9.2: whether a jobboard sees the status that recruiters set. */
  jobboardStatus: ["shown", "hidden"],
  /** 9: whether `GET /jobboards/campaigns/:id` exists. */
  jobboardShow: ["missing", "exists"],
  /** 10: whether `GET /applications/:id` exists. */
  applicationShow: ["exists", "missing"],
  /** Q16: the envelope of a list. */
  envelope: ["array", "data", "resource"],
  /** Q16: ids as numbers or in quotes. */
  ids: ["number", "string"],
  /** Q16: dates with milliseconds, without, or as a day alone. */
  dates: ["milliseconds", "seconds", "day"],
  /** Q16: a field without a value. */
  emptyFields: ["null", "absent"],
  /** 12.1: whether objects have `campaign_id`, `applicant_id`, `company_id`… beside the embeds. */
  relationIds: ["shown", "hidden"],
  /**
   * Q17: whether a dot in an e-mail in a path is read as a format suffix, so that no person is found: always, or unless it is
   * written `%2E`. `leading-number` reads `12abc@…` as the id 12.
   */
  emailInPath: ["found", "cut-at-dot", "cut-at-raw-dot", "leading-number"],
  /** 16: the ids of comments, which are kept in another store: none, 24 hex digits, or these in an object. */
  commentIds: ["none", "hex", "oid"],
  /** Q18: whether customer lists still accept embeds. */
  listEmbeds: ["included", "withdrawn"],
  /** Q21: what happens to a query parameter that the reference does not name. */
  unknownParameters: ["ignored", "refused"],
} as const;

type Table = typeof VARIANTS;

export type Variants = { readonly [Name in keyof Table]: Table[Name][number] } & {
  /** Q8: a server that ignores `per_page` and always gives this many rows a page; null honours it. */
  readonly fixedPageSize: number | null;
};

/** An overload says what the entries are: TypeScript cannot follow them through `Object.entries`. */
function firstOfEach<T extends Readonly<Record<string, readonly unknown[]>>>(
  table: T,
): { readonly [Name in keyof T]: T[Name][0] };
function firstOfEach(table: Readonly<Record<string, readonly unknown[]>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(table).map(([name, [first]]) => [name, first]));
}

/** The default variants, with some replaced. */
export function chooseVariants(chosen: Partial<Variants> = {}): Variants {
  return { ...firstOfEach(VARIANTS), fixedPageSize: null, ...chosen };
}
