/** The settings of erasure: the key of the suppressed people, and the list that survives a restore. */
import { z } from "zod";
import { text } from "./formats.ts";
import { optional } from "./setting.ts";

const privacyKey = text(
  /^[\x21-\x7e]{32,200}$/,
  "32 to 200 plain characters without a space, such as openssl rand -hex 32 prints",
);

export const privacySettings = {
  PRIVACY_KEY: optional(privacyKey, {
    example: "your-privacy-key",
    secret: true,
    meaning:
      "The key by which erased and suppressed people are recognised: at least 32 characters, such as `openssl rand -hex 32` prints; the same for all processes of an account, kept outside the database and its backups. Unset: with the embedded Postgres, a file in DATA_DIR that is made at first need; with DATABASE_URL, nobody can be erased",
  }),
  PRIVACY_KEY_PREVIOUS: optional(privacyKey, {
    example: "your-previous-privacy-key",
    secret: true,
    meaning:
      "The former PRIVACY_KEY after it was renewed, as long as people who were suppressed with it are not seen again",
  }),
  ERASURE_LIST: optional(
    z.string().refine((path) => !/^~|\$/.test(path), "a path written in full (~ and $ are not expanded here), or off"),
    {
      example: "/var/lib/applicant-sync/erasures.jsonl",
      meaning:
        "The file outside the database that keeps what was erased, without personal data, so that it is erased again after a restore; off: none. Unset: erasures.jsonl in DATA_DIR",
    },
  ),
};
