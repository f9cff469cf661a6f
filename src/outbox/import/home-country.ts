/** In which country a phone number is read that names none. */
import type { Executor } from "../../database/client.ts";
import { countryCode } from "../../platform/countries.ts";
import type { IntakeSettings } from "../context.ts";
import { id } from "./values.ts";

/** The two letters of the country for one of the rows, as it was submitted; null: it is not known. */
export type HomeOf = (submitted: unknown) => string | null;

export type HomesOf = (rows: readonly unknown[]) => Promise<HomeOf>;

/** How many different spellings of campaigns are kept. */
const MOST_CAMPAIGNS = 10_000;

type InDatabase = (work: (tx: Executor) => Promise<void>) => Promise<void>;

/**
 * Returns a function that finds the home countries of rows: DEFAULT_COUNTRY, else the country of the campaign, else the one in which all
 * campaigns of the account are. What it has read it keeps, so that the many rows of a file cost a query for each campaign at most.
 */
export function createHomes({ account, imports: { defaultCountry } }: IntakeSettings, inDatabase: InDatabase): HomesOf {
  const byCampaign = new Map<string, string | null>();
  const campaignOf = createCampaignReader();
  let common: string | null | undefined;

  return async function homesOf(rows: readonly unknown[]): Promise<HomeOf> {
    if (defaultCountry !== null) return () => defaultCountry;
    const national = rows.filter(isNational);
    if (national.length > 0) await inDatabase((tx) => readCountries(tx, national));
    return (row) => byCampaign.get(campaignOf(row) ?? "") ?? common ?? null;
  };

  async function readCountries(tx: Executor, national: readonly unknown[]): Promise<void> {
    const unknown = new Set(national.flatMap((row) => campaignOf(row) ?? []).filter((one) => !byCampaign.has(one)));
    for (const one of unknown) byCampaign.set(one, null);
    if (unknown.size > 0) {
      const found = await tx.campaign.findMany({
        where: { account, id: { in: [...unknown].map(BigInt) } },
        select: { id: true, iso_country: true, country: true },
      });
      for (const campaign of found) byCampaign.set(String(campaign.id), countryOf(campaign));
    }
    if (common === undefined) common = await commonCountry(tx, account);
  }
}

interface Place {
  readonly iso_country: string | null;
  readonly country: string | null;
}

function countryOf({ iso_country: code, country }: Place): string | null {
  return countryCode(code ?? "") ?? countryCode(country ?? "");
}

/** The country of all campaigns; null: there are several, or none is known. */
async function commonCountry(tx: Executor, account: string): Promise<string | null> {
  const places = await tx.$queryRaw<Place[]>`
    select distinct iso_country, country from public.campaign
    where account = ${account} and deleted_at is null and (iso_country is not null or country is not null)`;
  const [only = null, ...more] = new Set(places.map(countryOf));
  return more.length === 0 ? only : null;
}

/** Whether it has a phone number that may name no country. */
function isNational(row: unknown): boolean {
  const mayBe = (phone: string | null) => phone !== null && !/^\s*(\+|00)[1-9]/.test(phone);
  return mayBe(valueOf(row, "phone")) || mayBe(valueOf(row, "phone_number"));
}

/** Reads the campaign of a row. The lines of a file are of few campaigns, and each is read three times. */
function createCampaignReader(): (row: unknown) => string | null {
  const read = new Map<string, string | null>();
  return (row) => {
    const written = valueOf(row, "campaign_id");
    if (written === null) return null;
    const known = read.get(written);
    if (known !== undefined) return known;
    const found = id.safeParse(written).data ?? null;
    if (read.size < MOST_CAMPAIGNS) read.set(written, found);
    return found;
  };
}

function valueOf(row: unknown, field: string): string | null {
  const value: unknown = typeof row === "object" && row !== null ? Reflect.get(row, field) : null;
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? String(value) : null;
}
