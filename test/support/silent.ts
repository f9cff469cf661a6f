import { createLogger } from "../../src/platform/logger.ts";

/** For tests whose subject is not the log. */
export const silent = createLogger({ level: "silent", format: "json" });
