/** The address on which the worker's HTTP server listens. */
import { once } from "node:events";
import { createServer } from "node:net";
import { AppError, codeOf } from "../errors.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Whether a server can listen there now: before a worker makes a request or sends an import. Throws as `addressError` says. */
export async function checkAddress(address: ListenAddress): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(address.port, address.host), "listening");
  } catch (cause) {
    throw addressError(cause, address);
  }
  await once(server.close(), "close");
}

/** The error for what listening has thrown: `port_in_use`, `bad_http_address`, or itself. */
export function addressError(cause: unknown, { host, port }: ListenAddress): unknown {
  const code = codeOf(cause) ?? "";
  if (code === "EADDRINUSE") {
    const message = `HTTP_PORT ${port} of ${host} is in use: stop what listens there, or choose another HTTP_PORT.`;
    return new AppError("port_in_use", message, { cause, disposition: "fail" });
  }
  if (!["EACCES", "EADDRNOTAVAIL", "ENOTFOUND"].includes(code)) return cause;
  const message = `The worker cannot listen on ${host}, port ${port} (${code}): see HTTP_HOST and HTTP_PORT.`;
  return new AppError("bad_http_address", message, { cause, disposition: "fail" });
}
