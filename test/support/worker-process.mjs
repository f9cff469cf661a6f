/** `applicant-sync start` at the pace that its argument gives as JSON. Needs `npm run build`. */
import { setV8Flags } from "../../dist/platform/v8.js";

setV8Flags("start");
const { runCommand } = await import("../../dist/commands/run.js");
const { start } = await import("../../dist/commands/start.js");
const pace = JSON.parse(process.argv[2] ?? "{}");
await runCommand({ keys: true, logLevel: "info", serves: true }, (context) => start(context, pace));
