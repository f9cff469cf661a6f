import { describe, expect, test } from "vitest";
import { hasNext, readPagination } from "../../src/api/pagination.ts";

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
