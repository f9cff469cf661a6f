#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

/*
 * V8 collects early: once a fifth has come on top of what is in use, with young space as small as it starts. By itself it
 * sizes its heap by the machine, and a worker that holds 35 MB and waits for the network most of the time grows to 270.
 * Before anything else is loaded: young space, once grown by loading, never shrinks again, and costs 35 MB.
 */
setFlagsFromString("--heap-growing-percent=20");
setFlagsFromString("--semi-space-growth-factor=1");
const { main } = await import("./commands/program.ts");
await main();
