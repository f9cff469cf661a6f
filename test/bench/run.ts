/** What a bench runs in its own process has the flags of a worker: they are set before anything else is loaded. */
import { setV8Flags } from "../../src/platform/v8.ts";

setV8Flags("start");
await import("./benches.ts");
