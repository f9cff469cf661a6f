/** What a creation did. Refused ones leave nothing. */
export interface SandboxEffect {
  readonly at: number;
  readonly kind: "applicant" | "application";
  readonly outcome: "created" | "merged" | "overwritten" | "doubled";
  readonly id: number;
  readonly email: string;
  readonly company_id: number;
  readonly campaign_id: number | null;
  /** Index of the key that asked for it. */
  readonly key: number;
  /** What the résumé was, never its content. */
  readonly resume: { readonly bytes: number; readonly mime_type: string } | null;
}

/** An e-mail that the vendor would have sent. None is ever sent. */
export interface SandboxMail {
  readonly at: number;
  readonly to: string;
  /** `terms`: the link to accept the vendor's terms (reference 9.4). `application`: a notice, if the variants say so. */
  readonly kind: "terms" | "application";
  readonly company_id: number;
  readonly applicant_id: number;
}

export interface Effects {
  readonly list: readonly SandboxEffect[];
  readonly mails: readonly SandboxMail[];
  readonly record: (effect: SandboxEffect) => void;
  readonly send: (mail: SandboxMail) => void;
}

export function createEffects(): Effects {
  const list: SandboxEffect[] = [];
  const mails: SandboxMail[] = [];
  return {
    list,
    mails,
    record: (effect) => void list.push(effect),
    send: (mail) => void mails.push(mail),
  };
}
