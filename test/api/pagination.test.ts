import { describe, expect, test } from "vitest";
import { contradicts, hasNext, readPagination } from "../../src/api/answer/pagination.ts";

const second = { total: 130, currentPage: 2, nextPage: 3, lastPage: 3 };

describe("readPagination", () => {
  test.each([
    ["a JSON object", '{"total-count":130,"current-page":2,"next-page":3,"last-page":3}'],
    ["JSON with numbers as text", '{"total-count":"130","current-page":"2","next-page":"3","last-page":"3"}'],
    ["JSON with underscores", '{"total_count":130,"current_page":2,"next_page":3,"last_page":3}'],
    ["JSON in camel case", '{"totalCount":130,"currentPage":2,"nextPage":3,"lastPage":3}'],
    ["pairs with colons and commas", "total-count: 130, current-page: 2, next-page: 3, last-page: 3"],
    ["pairs with equals signs and semicolons", "total-count=130;current-page=2;next-page=3;last-page=3"],
    ["quoted pairs", `"total-count"="130", 'current-page'='2', "next-page"="3", "last-page"="3"`],
    ["a printed Ruby hash", '{"total-count"=>130, "current-page"=>2, "next-page"=>3, "last-page"=>3}'],
    ["a printed Ruby hash of symbols", "{:total_count=>130, :current_page=>2, :next_page=>3, :last_page=>3}"],
  ])("reads %s", (_, header) => {
    expect(readPagination({ "x-pagination": header })).toEqual(second);
  });

  test("reads separate headers", () => {
    const headers = { "total-count": "130", "current-page": "2", "next-page": "3", "last-page": "3" };
    const prefixed = Object.entries(headers).map(([name, value]) => [`x-pagination-${name}`, value]);
    expect(readPagination(Object.fromEntries(prefixed))).toEqual(second);
  });

  test.each([
    ["null", '{"total-count":130,"current-page":3,"next-page":null,"last-page":3}'],
    ["an empty text", '{"total-count":130,"current-page":3,"next-page":"","last-page":3}'],
    ["a missing field", '{"total-count":130,"current-page":3,"last-page":3}'],
    ["nil", '{"total-count"=>130, "current-page"=>3, "next-page"=>nil, "last-page"=>3}'],
    ["nothing after the equals sign", "total-count=130; current-page=3; next-page=; last-page=3"],
  ])("reads %s as no next page", (_, header) => {
    expect(readPagination({ "x-pagination": header })).toEqual({
      total: 130,
      currentPage: 3,
      nextPage: null,
      lastPage: 3,
    });
  });

  test.each([
    ["a header each, bare", { "total-count": "130", "current-page": "2", "next-page": "3", "last-page": "3" }, second],
    [
      "a header each that came twice",
      { "total-count": "130, 130", "current-page": "2", "next-page": "3", "last-page": "3" },
      second,
    ],
    ["the header that came twice", { "x-pagination": '{"total-count":130}, {"total-count":130}' }, { total: 130 }],
    ["a boolean for the last page", { "x-pagination": '{"total-count":130,"last-page":true}' }, { lastPage: true }],
    ["true in text", { "x-pagination": '{"last-page"=>"true"}' }, { lastPage: true }],
    ["false as nothing", { "x-pagination": '{"total-count":130,"last-page":false}' }, { total: 130, lastPage: null }],
    ["a next page of false as none", { "x-pagination": '{"total-count":9,"next-page":false}' }, { nextPage: null }],
    ["nil", { "x-pagination": '{"total-count"=>120, "next-page"=>nil}' }, { total: 120, nextPage: null }],
    ["a whole number with decimals", { "x-pagination": '{"total-count":"130.0"}' }, { total: 130 }],
    ["a Link", { link: '<https://x.example/v2/campaigns?page=3&per_page=50>; rel="next"' }, { nextPage: 3 }],
    ["a Link without quotes", { link: "<https://x.example/v2/campaigns?page=3>; rel=next" }, { nextPage: 3 }],
    [
      "several Links of one header, relative ones too",
      {
        link: '</v2/c?page=1>; rel="first prev", </v2/c?per_page=50&page=3>; title="a, b"; rel="next", <?page=9>; rel=last',
      },
      { nextPage: 3, lastPage: 9 },
    ],
    ["X-Pagination before a Link", { "x-pagination": '{"next-page":4}', link: "<?page=9>; rel=next" }, { nextPage: 4 }],
  ])("reads %s", (_, headers, expected) => {
    expect(readPagination(headers)).toMatchObject(expected);
  });

  test.each([
    ["a total beyond 32 bits", '{"total-count":2147483648}'],
    ["a total in powers of ten", '{"total-count":1e30}'],
    ["a total that is no number", "total-count: NaN"],
    ["a negative total", '{"total-count":-5}'],
    ["two totals", "total-count: 5, total-count: 6"],
    ["false for all", '{"total-count":false,"current-page":false,"next-page":false,"last-page":false}'],
  ])("does not accept %s", (_, header) => {
    expect(readPagination({ "x-pagination": header })).toBeNull();
  });

  test("does not accept a Link that names no next page", () => {
    expect(readPagination({ link: '<?page=1>; rel="prev", <https://x.example/next>; rel="next"' })).toBeNull();
  });

  test("keeps what is there when the rest is missing", () => {
    const partial = readPagination({ "x-pagination": '{"total-count":130}' });
    expect(partial).toEqual({ total: 130, currentPage: null, nextPage: null, lastPage: null });
  });

  test.each([
    ["no header", {}],
    ["an empty header", { "x-pagination": "" }],
    ["a header of something else", { "x-pagination": "page two of three" }],
    ["JSON that is no object", { "x-pagination": "3" }],
    ["negative and fractional numbers", { "x-pagination": '{"total-count":-1,"next-page":1.5}' }],
  ])("finds nothing in %s", (_, headers) => {
    expect(readPagination(headers)).toBeNull();
  });
});

describe("hasNext", () => {
  const at = { page: 2, perPage: 50, received: 50, previousReceived: 50 };

  test.each([
    ["a next page above the current one goes on", second, at, true],
    ["a next page equal to the current one ends", { ...second, nextPage: 2 }, at, false],
    ["a next page of 0 ends", { ...second, nextPage: 0 }, at, false],
    ["reaching the last page ends, whatever the next page says", { ...second, nextPage: 4, lastPage: 2 }, at, false],
    ["no next page on the last page ends", { ...second, nextPage: null, lastPage: 2 }, at, false],
    ["no next page before the last page goes on", { ...second, nextPage: null }, at, true],
    ["an empty page ends, whatever the header says", second, { ...at, received: 0 }, false],
    [
      "the page asked for stands in for a current page that is not said",
      { ...second, currentPage: null, lastPage: 2 },
      at,
      false,
    ],
    [
      "a total alone ends where as many rows were covered",
      { total: 100, currentPage: 2, nextPage: null, lastPage: null },
      at,
      false,
    ],
    [
      "a total alone goes on where more rows are left",
      { total: 130, currentPage: 2, nextPage: null, lastPage: null },
      at,
      true,
    ],
    [
      "a shorter page than the one before does not end what the header continues",
      second,
      { ...at, received: 30 },
      true,
    ],
  ])("%s", (_, pagination, position, expected) => {
    expect(hasNext(pagination, position)).toBe(expected);
  });

  test.each([
    ["a full page goes on", at, true],
    ["a page shorter than the one before ends", { ...at, received: 49 }, false],
    ["an empty page ends", { ...at, received: 0 }, false],
    [
      "a short first page goes on, since the API may not honour per_page",
      { ...at, page: 1, received: 10, previousReceived: null },
      true,
    ],
    ["an empty first page ends", { ...at, page: 1, received: 0, previousReceived: null }, false],
    ["short pages of equal length go on", { ...at, received: 10, previousReceived: 10 }, true],
  ])("without a header %s", (_, position, expected) => {
    expect(hasNext(null, position)).toBe(expected);
  });
});

describe("a header", () => {
  const at = { page: 2, received: 50, before: 50, through: 100 };

  test.each([
    ["that a full page is the last, and more rows", { ...second, total: 120, nextPage: null, lastPage: 2 }, at, true],
    [
      "that a full page has no next one, and more rows",
      { ...second, total: 120, nextPage: 2, lastPage: null },
      at,
      true,
    ],
    [
      "that a short page is the last, and more rows",
      { ...second, total: 120, nextPage: 2, lastPage: null },
      { ...at, received: 20, through: null },
      false,
    ],
    ["that there are more pages, and no more rows", { ...second, total: 100, nextPage: 3 }, at, true],
    ["fewer rows than the page has", { ...second, total: 30 }, at, true],
    ["fewer rows than there are up to here", { ...second, total: 99 }, at, true],
    ["no rows", { ...second, total: 0 }, at, true],
    ["another page than was asked for", { ...second, currentPage: 1 }, at, true],
    ["a last page before this one", { ...second, lastPage: 1 }, at, true],
    ["a last page 0", { ...second, lastPage: 0 }, at, true],
    ["a next page behind it", { ...second, nextPage: 1 }, at, true],
    ["that this is the last page, and a next one", { ...second, lastPage: true as const }, at, true],
    ["what fits", second, at, false],
    ["exactly the rows up to here", { ...second, total: 100, lastPage: 2, nextPage: null }, at, false],
    ["the same page as the next one, at the end", { ...second, nextPage: 2, lastPage: 2, total: 100 }, at, false],
    ["no next page as 0, at the end", { ...second, nextPage: 0, lastPage: 2, total: 100 }, at, false],
    ["no next page as 0, and more rows", { ...second, nextPage: 0 }, at, true],
    [
      "a page behind the end, without rows",
      { ...second, currentPage: 4 },
      { page: 4, received: 0, before: 150, through: null },
      false,
    ],
  ])("that tells %s contradicts its page or not", (_, pagination, position, expected) => {
    expect(contradicts(pagination, position)).toBe(expected);
  });

  test("that says that this is the last page is believed before its numbers", () => {
    const position = { page: 2, perPage: 50, received: 50, previousReceived: 50 };
    expect(hasNext({ total: null, currentPage: 2, nextPage: null, lastPage: true }, position)).toBe(false);
    expect(hasNext({ total: null, currentPage: 2, nextPage: null, lastPage: null }, position)).toBe(true);
  });
});
