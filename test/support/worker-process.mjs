/** `applicant-sync start` at the pace that its argument gives as JSON. Needs `npm run build`. */
import { runCommand } from "../../dist/commands/run.js";
import { start } from "../../dist/commands/start.js";

const pace = JSON.parse(process.argv[2] ?? "{}");
await runCommand({ keys: true, logLevel: "info", serves: true }, (context) => start(context, pace));
