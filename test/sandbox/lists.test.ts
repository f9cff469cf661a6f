import { describe, expect, test } from "vitest";

import { customer, idsOf, jobboard, objectOf, openSandbox, rowsOf } from "./support.ts";

describe("pages", () => {
  test("the default page has the 50 newest rows, newest first", async () => {
    const sandbox = await openSandbox();
    const reply = await customer(sandbox).get("/applications");
    expect(idsOf(reply)).toEqual([...sandbox.data.applications.ids()].toReversed().slice(0, 50));
    expect(JSON.parse(reply.headers.get("x-pagination") ?? "")).toEqual({
      "total-count": 230,
      "current-page": 1,
      "next-page": 2,
      "last-page": 5,
    });
  });

  test("all pages of any size are the whole list, each row once", async () => {
    const sandbox = await openSandbox();
    for (const size of [31, 50]) {
      const pages = Array.from({ length: Math.ceil(230 / size) }, (_, index) => index + 1);
      const replies = await Promise.all(
        pages.map((page) => customer(sandbox).get(`/applications?sort=asc&per_page=${size}&page=${page}`)),
      );
      expect(replies.flatMap(idsOf)).toEqual(sandbox.data.applications.ids());
    }
  });

  test("a page after the last is empty", async () => {
    const sandbox = await openSandbox();
    expect(rowsOf(await customer(sandbox).get("/applications?page=6"))).toEqual([]);
  });

  test("a parameter that cannot be read is refused with 422", async () => {
    const sandbox = await openSandbox();
    const bad = ["page=0", "per_page=x", "sort=up", "order=name", "is_complete=1", "status[date][gte]=2026-01-01"];
    const replies = await Promise.all(bad.map((query) => customer(sandbox).get(`/applications?${query}`)));
    expect(replies.map((reply) => reply.status)).toEqual(bad.map(() => 422));
  });

  test("a number of more rows than 50 gives 50", async () => {
    const sandbox = await openSandbox();
    expect(rowsOf(await customer(sandbox).get("/applications?per_page=80"))).toHaveLength(50);
  });
});

describe("customer lists", () => {
  test("campaigns are filtered by status and channel and ordered by name", async () => {
    const sandbox = await openSandbox({ campaigns: 40 });
    const all = sandbox.data.campaigns.all();
    const online = await customer(sandbox).get("/campaigns?status=online,standby&order=name&sort=asc");
    expect(idsOf(online)).toHaveLength(all.filter((row) => ["online", "standby"].includes(row.status)).length);
    const names = rowsOf(online).map((row) => String(row["name"]));
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, "fr")));
    const channel = await customer(sandbox).get("/campaigns?channels=career_fr");
    expect(idsOf(channel)).toHaveLength(all.filter((row) => row.channels.includes("career_fr")).length);
  });

  test("applications are filtered by campaign, completeness, source, status and its date", async () => {
    const sandbox = await openSandbox();
    const all = sandbox.data.applications.all().toReversed();
    const day = "2026-01-01";
    const filters: [string, (row: (typeof all)[number]) => boolean][] = [
      ["campaign_id=1001", (row) => row.campaign_id === 1001],
      ["is_complete=false", (row) => row.current_stage !== null],
      ["source=carriere", (row) => row.source === "carriere"],
      ["status[value]=interview", (row) => row.status?.value === "interview"],
      [
        `status[value]=rejected&status[date][gte]=${day}`,
        (row) => row.status?.value === "rejected" && row.status.date >= Date.parse(day),
      ],
      [
        `status%5Bvalue%5D=rejected&status%5Bdate%5D%5Blte%5D=${day}`,
        (row) => row.status?.value === "rejected" && row.status.date < Date.parse("2026-01-02"),
      ],
    ];
    for (const [query, isExpected] of filters) {
      const expected = all.filter(isExpected).map((row) => row.id);
      expect(expected.length).toBeGreaterThan(0);
      expect(idsOf(await customer(sandbox).get(`/applications?${query}`))).toEqual(expected.slice(0, 50));
    }
  });

  test("embeds bring related data, and are left out if not requested or withdrawn", async () => {
    const sandbox = await openSandbox();
    const query = "/applications?per_page=1&embed=applicant,campaign,comments,skills,status_history,tags";
    const [row] = rowsOf(await customer(sandbox).get(query));
    expect(Object.keys(objectOf(row?.["applicant"]))).toEqual(["id", "email", "first_name", "last_name"]);
    expect(objectOf(row?.["campaign"])["id"]).toBe(row?.["campaign_id"]);
    const [bare] = rowsOf(await customer(sandbox).get("/applications?per_page=1"));
    expect(Object.keys(bare ?? {})).not.toContain("applicant");
    const later = await openSandbox({ variants: { listEmbeds: "withdrawn" } });
    expect(rowsOf(await customer(later).get(query))[0]).toEqual(bare);
  });

  test("an applicant is shown by id or by e-mail, with embeds, and 404 if there is none", async () => {
    const sandbox = await openSandbox();
    const row = sandbox.data.applicants.all()[0];
    const byId = await customer(sandbox).get(`/applicants/${row?.id}?embed=address,applications,pools`);
    const byEmail = await customer(sandbox).get(
      `/applicants/${encodeURIComponent(row?.email ?? "")}?embed=address,applications,pools`,
    );
    expect(objectOf(byId.json)["email"]).toBe(row?.email);
    expect(byEmail.json).toEqual(byId.json);
    expect(objectOf(byId.json)["applications"]).toHaveLength(sandbox.data.applicationsOf(row?.id ?? 0).length);
    expect((await customer(sandbox).get("/applicants/1")).status).toBe(404);
    expect((await customer(sandbox).get("/applicants/nobody@example.net")).status).toBe(404);
  });

  test("keywords must all be found in the names or the e-mail", async () => {
    const sandbox = await openSandbox();
    const row = sandbox.data.applicants.all()[3];
    const reply = await customer(sandbox).get(`/applicants?keywords=${row?.first_name}%20${row?.id}`);
    expect(idsOf(reply)).toEqual([row?.id]);
  });

  test("managers, entities and units are listed and shown", async () => {
    const { get } = customer(await openSandbox());
    expect(idsOf(await get("/managers"))).toHaveLength(6);
    expect(idsOf(await get("/entities?sort=asc"))).toEqual([1, 2, 3, 4]);
    expect(idsOf(await get("/entities/2/units?sort=asc"))).toEqual([14, 15, 16]);
    expect(objectOf((await get("/managers/101?embed=units")).json)["units"]).toBeInstanceOf(Array);
    expect((await get("/entities/9")).status).toBe(404);
  });
});

describe("jobboard lists", () => {
  test("campaigns that are online have their company", async () => {
    const sandbox = await openSandbox();
    const rows = rowsOf(await jobboard(sandbox).get("/jobboards/campaigns"));
    expect(rows).toHaveLength(sandbox.data.campaigns.all().filter((row) => row.status === "online").length);
    expect(rows[0]).toMatchObject({ company_id: 42, company_slug: "atelier-des-exemples" });
  });

  test("applications are filtered by company, entity and campaign, and embed the whole applicant", async () => {
    const { get } = jobboard(await openSandbox());
    expect(rowsOf(await get("/jobboards/applications?company_id=42"))).toHaveLength(50);
    expect(rowsOf(await get("/jobboards/applications?company_slug=maison-fictive"))).toEqual([]);
    expect(rowsOf(await get("/jobboards/applications?entity_id=99"))).toEqual([]);
    const [row] = rowsOf(await get("/jobboards/applications?campaign_id=1001&embed=applicant"));
    expect(objectOf(row?.["applicant"])).toHaveProperty("phone_number");
  });
});
