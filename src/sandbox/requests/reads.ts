import { z } from "zod";
import type { Collection, CollectionView } from "../data/collection.ts";
import type { Stored } from "../data/rows.ts";
import type { SandboxResource } from "../resources/resource.ts";
import { emptyAnswer, jsonAnswer, type SandboxAnswer } from "./answer.ts";
import type { RequestContext } from "./context.ts";
import { writePagination } from "./pagination.ts";
import type { Complaints } from "./refusals.ts";

const MAX_PER_PAGE = 50;
const COMMON = new Set(["page", "per_page", "order", "sort", "embed"]);

const pageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).default(MAX_PER_PAGE),
  order: z.string().default("created_at"),
  sort: z.enum(["asc", "desc"]).default("desc"),
});
type PageQuery = z.infer<typeof pageQuery>;

/** One page of a resource (reference 7 to 10), or the refusal of a parameter that cannot be read. */
export function answerList<Row extends Stored>(context: RequestContext, resource: SandboxResource<Row>): SandboxAnswer {
  const { query, variants, refusals } = context;
  const parsed = pageQuery.safeParse(query);
  if (!parsed.success) return refusals.invalid(complaintsOf(parsed.error));
  const view = createView(context, resource, parsed.data);
  if ("complaints" in view) return refusals.invalid(view.complaints);
  if (parsed.data.per_page > MAX_PER_PAGE && variants.overlongPage === "refused")
    return refusals.invalid({ per_page: [`must be at most ${MAX_PER_PAGE}`] });

  const collection = resource.collection(context.data);
  const ids = collection.select(view);
  const perPage = variants.fixedPageSize ?? Math.min(parsed.data.per_page, variants.largestPage);
  const rows = readPage(collection, ids, { ...parsed.data, perPage }, context);
  const embeds = variants.listEmbeds === "withdrawn" && context.key.kind === "customer" ? [] : embedsOf(query);
  const items = rows.map((row) => context.render(resource.describe(row, embeds, context)));
  const position = { page: parsed.data.page, perPage, total: ids.length };
  const pagination = writePagination(variants, position);
  if (items.length === 0 && variants.emptyPage === "no-content") return emptyAnswer(204, pagination);
  if (items.length === 0 && variants.emptyPage === "not-found" && position.page > 1) return refusals.notFound();
  const envelopes = { array: items, data: { data: items }, resource: { [resource.name]: items } };
  return jsonAnswer(200, envelopes[variants.envelope], pagination);
}

const embedsOf = (query: Readonly<Record<string, string>>): readonly string[] =>
  query["embed"] === undefined ? [] : query["embed"].split(",").map((name) => name.trim());

export function complaintsOf(error: z.ZodError): Complaints {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join(".") || "base", [issue.message]]));
}

/** The filters that the query asks for, or what is wrong with them. */
function createView<Row extends Stored>(
  context: RequestContext,
  resource: SandboxResource<Row>,
  { order }: PageQuery,
): CollectionView<Row> | { readonly complaints: Complaints } {
  const compare = resource.orders[order];
  if (compare === undefined) return { complaints: { order: ["is not one of the values"] } };
  const complaints = resource.check?.(context.query);
  if (complaints !== undefined) return { complaints };

  const visible = resource.visible?.(context) ?? null;
  const keep = visible === null ? [] : [visible];
  const keys = visible === null ? [] : [`key=${context.keyIndex}`];
  for (const [name, value] of Object.entries({ ...context.query, ...context.params })) {
    const filter = resource.filters[name];
    if (filter === undefined) {
      if (COMMON.has(name) || context.variants.unknownParameters === "ignored") continue;
      return { complaints: { [name]: ["is unknown"] } };
    }
    const isKept = filter(value, context.data);
    if (isKept === null) return { complaints: { [name]: ["is invalid"] } };
    keep.push(isKept);
    keys.push(`${name}=${value}`);
  }
  return { key: [order, ...keys.toSorted()].join("&"), keep, compare };
}

function readPage<Row extends Stored>(
  collection: Collection<Row>,
  ids: readonly number[],
  { page, perPage, sort }: PageQuery & { readonly perPage: number },
  { distortion }: RequestContext,
): Row[] {
  const start = (Math.max(1, page - distortion.pagesBack) - 1) * perPage;
  const length = Math.max(0, Math.min(perPage, ids.length - start) - distortion.rowsLess);
  return Array.from({ length }, (_, index) => {
    const position = start + index;
    return ids[sort === "asc" ? position : ids.length - 1 - position];
  })
    .map((id) => (id === undefined ? undefined : collection.get(id)))
    .filter((row) => row !== undefined);
}

/** One row by the id in the path, or by the e-mail if the resource allows it; 404 if the key sees no such row. */
export function answerShow<Row extends Stored>(context: RequestContext, resource: SandboxResource<Row>): SandboxAnswer {
  const row = findRow(context, resource, context.params["id"] ?? "");
  const isVisible = resource.visible?.(context) ?? null;
  if (row === undefined || isVisible?.(row) === false) return context.refusals.notFound();
  return jsonAnswer(200, context.render(resource.describe(row, embedsOf(context.query), context)));
}

function findRow<Row extends Stored>(
  { data, path, variants }: RequestContext,
  resource: SandboxResource<Row>,
  reference: string,
): Row | undefined {
  // A cast to integer reads the leading digits and ignores the rest.
  if (/^\d+$/.test(reference) || (variants.emailInPath === "leading-number" && /^\d/.test(reference)))
    return resource.collection(data).get(Number.parseInt(reference, 10));
  // Rails reads the part after the last dot as a format, unless the route is configured otherwise (Q17).
  const isCut =
    variants.emailInPath === "cut-at-dot" || (variants.emailInPath === "cut-at-raw-dot" && path.includes("."));
  return resource.byEmail?.(isCut ? reference.replace(/\.[^.]*$/, "") : reference, data);
}
