import { setFlagsFromString } from "node:v8";

/**
 * Sets the flags of V8 for a command. To be called before anything else is loaded: young space, once grown by loading, never
 * shrinks again, and costs 35 MB.
 *
 * V8 collects early: once three fifths have come on top of what is in use, with young space as small as it starts. By itself
 * it sizes its heap by the machine, and a worker that holds 35 MB and waits for the network most of the time grows to 270.
 * At one fifth it holds 20 MB less, and spends a third more CPU on each page of new rows.
 * The dry run of a large file needs 25 MB for the lines that it has seen, and so collects at two fifths.
 * So small a young space is collected in half a millisecond: helper threads would cost more than they spare.
 *
 * The only WebAssembly is that in which Prisma plans a statement, once for each kind of them. To optimise it costs a start
 * a fifth of its CPU and 15 MB, and statements with a plan do not become faster.
 */
export function setV8Flags(command: string | undefined): void {
  setFlagsFromString(`--heap-growing-percent=${command === "import" ? 40 : 60}`);
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--wasm-tiering-budget=100000000");
}
