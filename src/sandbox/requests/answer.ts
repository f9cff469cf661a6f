/** An answer. It is complete before a byte is sent, so that a fault can still change it. */
export interface SandboxAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type Headers = Readonly<Record<string, string>>;

export const emptyAnswer = (status: number, headers: Headers = {}): SandboxAnswer => ({ status, headers, body: "" });

export function jsonAnswer(status: number, value: unknown, headers: Headers = {}): SandboxAnswer {
  const type = { "content-type": "application/json; charset=utf-8" };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function textAnswer(status: number, body: string, contentType: string): SandboxAnswer {
  return { status, headers: { "content-type": `${contentType}; charset=utf-8` }, body };
}

/** The page of nginx, and of firewalls built on it: `403 Forbidden`. */
export function barrierAnswer(status: number, reason: string): SandboxAnswer {
  const title = `${status} ${reason}`;
  const page = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return textAnswer(status, page, "text/html");
}

export const HTML_PAGE =
  '<!DOCTYPE html><html lang="fr"><head><title>Maintenance</title></head><body><h1>Service indisponible</h1></body></html>';
