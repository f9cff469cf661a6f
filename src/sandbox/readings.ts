/**
 * What the vendor's documentation leaves open, as data: every reading of a question of the API reference (section 14),
 * the likeliest first, which is the default. A test can iterate over this table to meet them all.
 */
export const READINGS = {
  /** Q1: status of `POST /jwt`. */
  jwtStatus: [200, 201],
  /** Q1: where the token sits. `text` is a bare text body, `bearer` a `token` that begins with "Bearer ". */
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
  /** Q1: whether an issued token says when it expires. It expires all the same. */
  jwtExpiry: ["claimed", "silent"],
  /** Q4: the body of a refusal. */
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
  ],
  /** Q5: whether the body of a 403 tells the quota from a missing scope. */
  forbiddenBody: ["alike", "distinct"],
  /** Q5: the status of a missing scope. */
  scopeStatus: [403, 401, 404],
  /** Q7: how the values sit in `X-Pagination`. `headers` is one header each; `unreadable` is prose. */
  pagination: ["json", "colons", "equals", "arrows", "headers", "absent", "unreadable"],
  /** Q7: what separates the values in the list forms. */
  paginationSeparator: ["comma", "semicolon"],
  /** Q7: the spelling of the names. */
  paginationNames: ["hyphen", "underscore", "camel"],
  /** Q7: numbers as numbers or in quotes. */
  paginationNumbers: ["number", "string"],
  /** Q7: `next-page` on the last page. `same` repeats the number of the last page. */
  nextOnLast: ["null", "absent", "empty", "zero", "same"],
  /** Q7: whether `total-count` (and with it `last-page`) is told. */
  total: ["told", "untold"],
  /** Q8: what happens to `per_page` above 50. */
  overlongPage: ["clamped", "refused"],
  /** Q9: status of a creation. */
  creationStatus: [201, 200, 202],
  /** Q9: body of a creation. `named` is under `applicant` or `application`; `silent` is an object without any id. */
  creationAnswer: ["object", "id", "named", "data", "data-named", "silent", "empty"],
  /** Q10: a second applicant with the same e-mail in the same company. */
  duplicateApplicant: ["refused-422", "refused-409", "refused-409-with-id", "merged", "overwritten", "doubled"],
  /** Q10: a second application of the same applicant to the same campaign. */
  duplicateApplication: ["refused-422", "refused-409", "refused-409-with-id", "merged", "doubled"],
  /** Q11: whether an application mails its applicant too. */
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
  /** 12.1: whether objects bear `campaign_id`, `applicant_id`, `company_id`… beside the embeds. */
  relationIds: ["shown", "hidden"],
  /** Q17: whether a dot in an e-mail in a path is taken for a format suffix, so that nobody is found. */
  emailInPath: ["found", "cut-at-dot"],
  /** Q18: customer lists with embeds, or without once they are withdrawn. */
  listEmbeds: ["given", "withdrawn"],
  /** Q21: a query parameter that the reference does not name. */
  unknownParameters: ["ignored", "refused"],
} as const;

type Table = typeof READINGS;

export type Readings = { readonly [Name in keyof Table]: Table[Name][number] } & {
  /** Q8: a server that ignores `per_page` and always gives this many rows a page; null honours it. */
  readonly fixedPageSize: number | null;
};

const LIKELIEST: Readings = {
  jwtStatus: READINGS.jwtStatus[0],
  jwtAnswer: READINGS.jwtAnswer[0],
  jwtExpiry: READINGS.jwtExpiry[0],
  errorBody: READINGS.errorBody[0],
  forbiddenBody: READINGS.forbiddenBody[0],
  scopeStatus: READINGS.scopeStatus[0],
  pagination: READINGS.pagination[0],
  paginationSeparator: READINGS.paginationSeparator[0],
  paginationNames: READINGS.paginationNames[0],
  paginationNumbers: READINGS.paginationNumbers[0],
  nextOnLast: READINGS.nextOnLast[0],
  total: READINGS.total[0],
  overlongPage: READINGS.overlongPage[0],
  creationStatus: READINGS.creationStatus[0],
  creationAnswer: READINGS.creationAnswer[0],
  duplicateApplicant: READINGS.duplicateApplicant[0],
  duplicateApplication: READINGS.duplicateApplication[0],
  applicationMail: READINGS.applicationMail[0],
  jobboardCampaigns: READINGS.jobboardCampaigns[0],
  jobboardStatus: READINGS.jobboardStatus[0],
  jobboardShow: READINGS.jobboardShow[0],
  applicationShow: READINGS.applicationShow[0],
  envelope: READINGS.envelope[0],
  ids: READINGS.ids[0],
  dates: READINGS.dates[0],
  emptyFields: READINGS.emptyFields[0],
  relationIds: READINGS.relationIds[0],
  emailInPath: READINGS.emailInPath[0],
  listEmbeds: READINGS.listEmbeds[0],
  unknownParameters: READINGS.unknownParameters[0],
  fixedPageSize: null,
};

/** The likeliest readings, with some replaced. */
export function chooseReadings(chosen: Partial<Readings> = {}): Readings {
  return { ...LIKELIEST, ...chosen };
}
