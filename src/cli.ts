#!/usr/bin/env node
import { collectEarly } from "./platform/heap.ts";

// Before anything else is loaded: young space, once grown by loading, never shrinks again, and costs 35 MB.
collectEarly();
await import("./commands/program.ts");
