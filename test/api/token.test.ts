import { beforeEach, describe, expect, test } from "vitest";
import { createTokens } from "../../src/api/request/token.ts";
import type { IssuedToken } from "../../src/api/request/jwt.ts";
import { errorOf } from "./support/client.ts";

const LIFE_MS = 1000;
const context = { job: null };
let clock = 0;
beforeEach(() => {
  clock = 0;
});

/** Tokens that live for a second of `clock`, made by a maker that counts. */
function countingTokens(issueSends = false) {
  let issued = 0;
  const issue = async (): Promise<IssuedToken> => ({ value: `token ${++issued}`, expiresAt: clock + LIFE_MS });
  return { ...createTokens({ issue, issueSends, now: () => clock }), issued: () => issued };
}

describe("a token", () => {
  test("is renewed at four fifths of its life", async () => {
    const tokens = countingTokens();
    await tokens.get(context);
    clock = 799;
    expect(await tokens.get(context)).toMatchObject({ value: "token 1" });
    clock = 800;
    expect(await tokens.get(context)).toMatchObject({ value: "token 2" });
  });

  test("is renewed once for all who ask at the same time", async () => {
    const tokens = countingTokens();
    const received = await Promise.all(Array.from({ length: 8 }, () => tokens.get(context)));
    expect(new Set(received.map(({ value }) => value))).toEqual(new Set(["token 1"]));
    expect(tokens.issued()).toBe(1);
  });

  test("that costs a request is paid by the one who started the renewal", async () => {
    const tokens = countingTokens(true);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => tokens.get(context)));
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", ...Array<string>(7).fill("fulfilled")]);
    expect(await errorOf(Promise.reject(reasonOf(outcomes[0])))).toMatchObject({
      code: "token_renewed",
      disposition: "requeue",
    });
    expect(tokens.issued()).toBe(1);
  });

  test("that still lives is used on while its renewal fails", async () => {
    let fails = false;
    const issue = async (): Promise<IssuedToken> => {
      if (fails) throw new Error("no answer");
      return { value: "token", expiresAt: clock + 4 * 3_600_000 };
    };
    const tokens = createTokens({ issue, issueSends: false, now: () => clock });
    await tokens.get(context);
    fails = true;
    clock = 3.5 * 3_600_000;
    await expect(tokens.get(context)).rejects.toThrow("no answer");
    expect(await tokens.get(context)).toMatchObject({ value: "token" });
    clock += 60_000;
    await expect(tokens.get(context)).rejects.toThrow("no answer");
  });
});

describe("a refused token", () => {
  test("is replaced, and two new ones in a row are final", async () => {
    const tokens = countingTokens();
    expect(tokens.rejected(await tokens.get(context))).toBe("retry");
    const second = await tokens.get(context);
    expect(second.value).toBe("token 2");
    expect(tokens.rejected(second)).toBe("final");
  });

  test("is replaced again once a token was accepted in between", async () => {
    const tokens = countingTokens();
    tokens.rejected(await tokens.get(context));
    tokens.accepted(await tokens.get(context));
    expect(tokens.rejected(await tokens.get(context))).toBe("retry");
  });

  test("that was already replaced does not discard its successor", async () => {
    const tokens = countingTokens();
    const first = await tokens.get(context);
    tokens.rejected(first);
    const second = await tokens.get(context);
    expect(tokens.rejected(first)).toBe("retry");
    expect(await tokens.get(context)).toEqual(second);
  });
});

test("who waits for a renewal stops waiting when the process stops", async () => {
  const never = new Promise<IssuedToken>(() => undefined);
  const tokens = createTokens({ issue: () => never, issueSends: true, now: () => clock });
  const stop = new AbortController();
  const waiting = tokens.get({ job: null, signal: stop.signal });
  stop.abort();
  expect(await errorOf(waiting)).toMatchObject({ disposition: "requeue" });
});

function reasonOf(outcome: PromiseSettledResult<unknown> | undefined): unknown {
  return outcome?.status === "rejected" ? outcome.reason : undefined;
}
