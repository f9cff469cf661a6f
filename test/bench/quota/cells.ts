import { UsageError } from "../../../src/platform/errors.ts";

/** One setting of the quota bench. */
export interface Cell {
  readonly name: string;
  readonly backend: "postgres" | "redis";
  readonly processes: number;
  /** Of the API, in milliseconds. */
  readonly latencyMs: number;
  /** Answers go wrong now and then: it counts what was sent, not how much, since a walker that backs off leaves slots. */
  readonly faults: boolean;
}

const BACKENDS = ["postgres", "redis"] as const;
const PROCESSES = [1, 4] as const;
const LATENCIES_MS = [0, 300, 2_000] as const;

const plain = BACKENDS.flatMap((backend) =>
  PROCESSES.flatMap((processes) =>
    LATENCIES_MS.map((latencyMs): Cell => cell({ backend, processes, latencyMs, faults: false })),
  ),
);
const faulty = BACKENDS.map((backend) => cell({ backend, processes: 4, latencyMs: 300, faults: true }));
const cells: readonly Cell[] = [...plain, ...faulty];

function cell(facts: Omit<Cell, "name">): Cell {
  const { backend, processes, latencyMs, faults } = facts;
  return { ...facts, name: [backend, processes, latencyMs, ...(faults ? ["faults"] : [])].join("-") };
}

/** The cells whose names begin like one of the wanted (`redis-4,postgres-1-300`), or all. Throws `bad_option`. */
export function chooseCells(wanted: string): readonly Cell[] {
  const starts = wanted.split(",").map((text) => text.trim());
  const chosen = wanted === "all" ? cells : cells.filter(({ name }) => starts.some((start) => name.startsWith(start)));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    "bad_option",
    `--cells accepts all, or beginnings of: ${cells.map(({ name }) => name).join(", ")}`,
  );
}
