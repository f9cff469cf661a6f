import { describe, expect, test, vi } from "vitest";
import { AppError, errorFields } from "../../src/platform/errors.ts";
import { createLogger } from "../../src/platform/logger.ts";
import { redactUrl } from "../../src/platform/redact.ts";

function recorded(format: "json" | "pretty" = "json", level = "debug") {
  const lines: string[] = [];
  const logger = createLogger({ level, format }, { write: (line) => void lines.push(line) });
  return {
    logger,
    lines: () => lines,
    text: () => lines.join(""),
    last: (): unknown => JSON.parse(lines.at(-1) ?? "null"),
  };
}

describe("a logger", () => {
  test("writes JSON lines with the name of the level, an ISO time and the fields it received", () => {
    const { logger, last } = recorded();
    logger.child({ run: 7n }).info({ rows: 50 }, "page written");
    expect(last()).toMatchObject({
      level: "info",
      run: "7",
      rows: 50,
      msg: "page written",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  test("leaves out what is below its level", () => {
    const { logger, text } = recorded("json", "warn");
    logger.info("not written");
    expect(text()).toBe("");
  });

  test("writes plain lines for people", () => {
    const { logger, text } = recorded("pretty");
    logger.warn({ run: 7 }, "no more pages");
    expect(text()).toMatch(/WARN.*no more pages[^]*run: 7/);
    expect(text()).not.toMatch(/pid|hostname/);
  });

  test("hides secrets and people by the name of the field, at any depth and in the context of a child", () => {
    const { logger, text, last } = recorded();
    const secret = "S3cretValue";
    logger
      .child({ token: secret })
      .child({ jwt: secret })
      .info({
        privateKey: secret,
        "X-Nothing": { headers: { Authorization: secret } },
        list: [{ email: secret, first_name: secret, phone_number: 33642424242, "set-cookie": secret }],
        applicant: { id: secret },
        person: true,
        password: null,
      });
    expect(text()).not.toContain(secret);
    expect(text()).not.toContain("33642424242");
    expect(last()).toMatchObject({ token: "***", jwt: "***", person: true, password: null });
  });

  test("hides passwords, tokens and e-mail addresses inside texts, interpolated ones included", () => {
    const { logger, text } = recorded();
    logger.info(
      { at: new URL("redis://:pa55@h.example.org/0") },
      "to postgres://app:p/a@55@h.example.org/db for %s",
      "jane@example.com",
    );
    logger.warn("ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'app' 'Zx9'");
    logger.info("Authorization: Bearer abc.def sent eyJhbGciOi.eyJpc3Mi.c2ln");
    for (const hidden of ["pa55", "p/a@55", "jane", "abc.def", "eyJ", "Zx9"]) expect(text()).not.toContain(hidden);
    expect(text()).toContain("postgres://app:***@h.example.org/db for ***");
  });

  test("writes an error as its code, message and causes, alone or beside other fields", () => {
    const { logger, last } = recorded();
    const error = new AppError("unreachable", "GET /campaigns of jane@example.com failed", {
      cause: new Error("reset"),
    });
    const err = { code: "unreachable", message: "GET /campaigns of *** failed", causes: ["reset"] };
    logger.error(error);
    expect(last()).toMatchObject({ err, msg: err.message });
    logger.error({ err: error, run: 7 }, "run failed");
    expect(last()).toMatchObject({ err, run: 7, msg: "run failed" });
  });

  test.each(["json", "pretty"] as const)(
    "writes %s lines that no terminal acts on, names of fields included",
    (format) => {
      const { logger, text } = recorded(format);
      const odd = "x\u001b]0;y\u0007\u001b[2J\u009b\u202e\u2028\nfake";
      const error = new Error(odd, { cause: new Error(odd) });
      logger.child({ resource: odd }).warn({ err: error, [odd]: [odd], deep: { source: odd } }, odd);
      logger.error(error);
      logger.info("about %s", odd);
      expect(text().replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text()).not.toMatch(/^fake/m);
    },
  );

  test("cuts a text that is over-long", () => {
    const { logger, text } = recorded();
    logger.warn({ source: "x".repeat(100_000) }, "y".repeat(100_000));
    expect(text().length).toBeLessThan(5_000);
  });

  test("writes an error that comes back at once a single time, then once a minute with the number of times", () => {
    vi.useFakeTimers();
    try {
      const { logger, lines, last } = recorded();
      const oom = (n: number) => new Error(`OOM command not allowed, script ${n}, on @user_script:${n}.`);
      for (let n = 0; n < 7_458; n += 1)
        logger.child({ queue: "api" }).error({ err: oom(n), job: `page-${n}` }, "queue");
      expect(lines()).toHaveLength(1);
      vi.advanceTimersByTime(60_000);
      expect(lines()).toHaveLength(2);
      expect(last()).toMatchObject({ level: "error", msg: "queue", repeated: 7_457 });
      vi.advanceTimersByTime(60_000);
      expect(lines()).toHaveLength(2);
      logger.error({ err: oom(0) }, "queue");
      expect(lines()).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  test("treats errors of another code, text, level, message or field as others", () => {
    const { logger, lines } = recorded();
    const error = new AppError("one", "it failed");
    logger.warn({ err: error }, "a");
    logger.warn({ err: new AppError("two", "it failed") }, "a");
    logger.warn({ err: new AppError("one", "it broke") }, "a");
    logger.error({ err: error }, "a");
    logger.warn({ err: error }, "b");
    logger.warn({ err: error, resource: "campaigns" }, "a");
    logger.warn({ err: error, last: true }, "a");
    expect(lines()).toHaveLength(7);
    logger.info({ rows: 1 }, "page written");
    logger.info({ rows: 1 }, "page written");
    expect(lines()).toHaveLength(9);
  });

  test("survives a value that holds itself", () => {
    const { logger, text } = recorded();
    const loop: Record<string, unknown> = { name: "loop" };
    loop["self"] = loop;
    logger.info({ loop });
    expect(text()).toContain("loop");
  });
});

describe("the fields of an error", () => {
  test("hold nothing of what an HTTP library hangs on its errors", () => {
    const error = Object.assign(new Error("Request failed with status code 403"), {
      code: "ERR_BAD_REQUEST",
      config: { headers: { Authorization: "Bearer secret" } },
      response: { data: { email: "jane@example.com" } },
    });
    const fields = errorFields(error);
    expect(Object.keys(fields).toSorted()).toEqual(["causes", "code", "message", "stack"]);
    expect(JSON.stringify(fields)).not.toMatch(/secret|jane/);
    expect(fields).toMatchObject({ code: "ERR_BAD_REQUEST", message: "Request failed with status code 403" });
  });

  test("name every cause once, those of several attempts included, and end in a loop of causes", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1:5432"), { code: "ECONNREFUSED" });
    const outer = new Error("", { cause: new AggregateError([refused, refused], "") });
    refused.cause = outer;
    expect(errorFields(outer)).toMatchObject({
      message: "Error",
      causes: ["AggregateError", "ECONNREFUSED: connect ECONNREFUSED ::1:5432"],
    });
  });

  test("keep of Prisma's message only the line that says what is wrong", () => {
    const error = new Error('\nInvalid `create()` invocation:\n{ email: "Jane Doe" }\n\nUnknown argument `x`.');
    error.name = "PrismaClientValidationError";
    expect(errorFields(error).message).toBe("Unknown argument `x`.");
  });

  test("show where an unexpected error comes from, and not for one thrown on purpose", () => {
    expect(errorFields(new Error("x")).stack?.[0]).toMatch(/^at .*logger\.test\.ts/);
    expect(errorFields(new AppError("code", "x"))).not.toHaveProperty("stack");
  });

  test("are cut when the text is long, and readable when no error was thrown", () => {
    expect(errorFields(new Error("x".repeat(2000))).message).toHaveLength(501);
    expect(errorFields("broken")).toMatchObject({ code: null, message: "broken", causes: [] });
    expect(errorFields({ email: "jane@example.com" }).message).toBe("a thrown object");
  });
});

describe("a URL that is shown", () => {
  test.each([
    ["postgres://app:s3cret@h.example.org:5432/db", "postgres://app:***@h.example.org:5432/db"],
    ["redis://:p@ss:w/rd@h.example.org", "redis://:***@h.example.org"],
    [
      "redis+sentinel://a.example.org/main?sentinel_password=x&y=1",
      "redis+sentinel://a.example.org/main?sentinel_password=***&y=1",
    ],
    [
      "https://h.example.org/v2/applicants?keywords=jane&page=2",
      "https://h.example.org/v2/applicants?keywords=***&page=2",
    ],
    ["https://h.example.org/v2?applicant%5Bemail%5D=jane", "https://h.example.org/v2?applicant%5Bemail%5D=***"],
    ["http://127.0.0.1:4010/v2", "http://127.0.0.1:4010/v2"],
  ])("keeps no secret: %s", (url, shown) => expect(redactUrl(url)).toBe(shown));
});
