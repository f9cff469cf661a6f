import { z } from "zod";

import { type SandboxAnswer, jsonAnswer } from "./answer.ts";
import type { Collection } from "../resources/collection.ts";
import type { RequestContext } from "./context.ts";
import { writePagination } from "./pagination.ts";
import type { Complaints } from "./refusals.ts";
import type { SandboxResource } from "../resources/resource.ts";
import type { Stored } from "../data/rows.ts";
import type { View } from "../resources/views.ts";

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
  if (items.length === 0 && variants.emptyPage === "no-content") return { status: 204, headers: pagination, body: "" };
  if (items.length === 0 && variants.emptyPage === "not-found" && position.page > 1) return refusals.notFound();
  return jsonAnswer(200, wrap(items, resource.name, variants.envelope), pagination);
}

export const embedsOf = (query: Readonly<Record<string, string>>): readonly string[] =>
  query["embed"] === undefined ? [] : query["embed"].split(",").map((name) => name.trim());

export function complaintsOf(error: z.ZodError): Complaints {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join(".") || "base", [issue.message]]));
}

/** The filters that the query asks for, or what is wrong with them. */
function createView<Row extends Stored>(
  context: RequestContext,
  resource: SandboxResource<Row>,
  { order }: PageQuery,
): View<Row> | { readonly complaints: Complaints } {
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

function wrap(items: readonly unknown[], name: string, envelope: "array" | "data" | "resource"): unknown {
  if (envelope === "array") return items;
  return { [envelope === "data" ? "data" : name]: items };
}
