/** A request that arrived, whatever became of it. */
export interface SeenRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  /** Below the base URL, decoded by no one: `/jobboards/applications`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Null as long as nothing was answered: still under way, hanging, or reset. */
  readonly status: number | null;
  /** Index of the key in `keys`; null if it was not recognised. */
  readonly key: number | null;
  /** Why it was not served as asked; null if it was. */
  readonly refusedBy: "barrier" | "auth" | "quota" | "scope" | "fault" | null;
}

export interface OpenRequest extends SeenRequest {
  status: number | null;
  key: number | null;
  refusedBy: SeenRequest["refusedBy"];
}
