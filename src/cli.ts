#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

/*
 * V8 collects early: once four fifths have come on top of what is in use, with young space as small as it starts. By itself
 * it sizes its heap by the machine, and a worker that holds 35 MB and waits for the network most of the time grows to 270. A
 * fifth instead of four fifths spares 15 MB, and costs a page that is inserted a third more CPU.
 * Before anything else is loaded: young space, once grown by loading, never shrinks again, and costs 35 MB. So small a
 * space is collected in half a millisecond: helper threads would spend more on waking up than they spare.
 */
setFlagsFromString("--heap-growing-percent=80");
setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--no-parallel-scavenge");
const { main } = await import("./commands/program.ts");
await main();
