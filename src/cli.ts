#!/usr/bin/env node
import { setV8Flags } from "./platform/v8.ts";

setV8Flags(process.argv[2]);
const { endBy, main } = await import("./commands/program.ts");
process.once("uncaughtException", endBy);
await main();
