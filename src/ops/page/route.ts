/** What a route of the page is. */
import type { Language, Text } from "../../platform/language.ts";
import type { SignedIn } from "./guard.ts";
import type { PageContext } from "./context.ts";
import type { Role } from "./credentials.ts";
import type { Fragment } from "./html.ts";
import type { Times } from "./times.ts";

export interface Visit {
  readonly person: SignedIn;
  readonly language: Language;
  readonly times: Times;
  /** The path, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The fields of the form that was sent; empty for GET. */
  readonly form: URLSearchParams;
}

export interface Screen {
  readonly title: string;
  readonly main: Fragment;
  /** 200 by default. */
  readonly status?: number;
  /** Whether it is loaded again every half minute, while nobody is at work on it. */
  readonly refreshes?: boolean;
}

/** Sent after a form has been processed, so that reloading repeats nothing. */
export interface Redirect {
  readonly location: string;
}

/** A file for the person who sent a form. */
export interface Download {
  readonly fileName: string;
  readonly document: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** As Fastify writes it: `/ops/runs/:id`. All but the first screen begin with `/ops/`. */
  readonly path: string;
  /** The least role that may use it. A viewer never sends a form. */
  readonly role: Role;
  /** Its name in the navigation; undefined: it is not there. */
  readonly nav?: Text;
  readonly handle: (context: PageContext, visit: Visit) => Promise<Screen | Redirect | Download>;
}
