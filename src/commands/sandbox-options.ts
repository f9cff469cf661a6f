import { z } from "zod";
import { UsageError } from "../platform/errors.ts";
import { VARIANTS, type Variants } from "../sandbox/variants.ts";
import type { SandboxOptions } from "../sandbox/server.ts";

const count = z
  .string()
  .regex(/^\d{1,8}$/, "a whole number")
  .transform(Number);

const schema = z.object({
  port: count.refine((port) => port <= 65_535, "a port from 0 to 65535"),
  seed: count,
  campaigns: count,
  applications: count,
  latency: z
    .string()
    .regex(/^\d{1,6}(-\d{1,6})?$/, "milliseconds, such as 300 or 100-400")
    .transform((text) => {
      const [min = 0, max = min] = text.split("-").map(Number);
      return { min, max };
    })
    .refine(({ min, max }) => min <= max, "the shorter time first, such as 100-400"),
  quota: z.union([z.literal("off").transform(() => null), count.refine((limit) => limit > 0, "at least 1")], {
    error: "requests a minute, or off",
  }),
  window: z.enum(["rolling", "fixed"], { error: "rolling or fixed" }),
  variant: z.array(z.string()).default([]),
});

/** The options of `applicant-sync sandbox` as the sandbox expects them. Throws `bad_option`, naming every wrong one. */
export function parseSandboxOptions(options: Readonly<Record<string, unknown>>): SandboxOptions {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`);
    throw new UsageError("bad_option", faults.join("\n"));
  }
  const { quota, window, variant, ...rest } = parsed.data;
  return {
    ...rest,
    quota: quota === null ? null : { limit: quota, window },
    variants: Object.assign({}, ...variant.map(parseVariant)),
  };
}

function parseVariant(text: string): Partial<Variants> {
  const [name = "", value = ""] = text.split("=");
  if (name === "fixedPageSize" && /^\d{1,3}$/.test(value)) return { fixedPageSize: Number(value) };
  const known = Object.entries(VARIANTS).find(([one]) => one === name);
  const choice = known?.[1].map((one): string | number => one).find((one) => String(one) === value);
  if (known !== undefined && choice !== undefined) return { [name]: choice };
  const lines = Object.entries(VARIANTS).map(([one, values]) => `  ${one}=${values.join("|")}`);
  throw new UsageError("bad_option", `--variant ${text}: choose from\n${lines.join("\n")}\n  fixedPageSize=N`);
}
