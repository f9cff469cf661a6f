import { expect, test } from "vitest";
import { scopeFor, scopesOf } from "../../src/api/kelio.ts";

test("a jobboard has four scopes and a customer six", () => {
  expect(scopesOf("jobboard")).toEqual([
    "campaigns_read",
    "applications_read",
    "applications_write",
    "applicants_write",
  ]);
  expect(scopesOf("customer")).toEqual([
    "campaigns_read",
    "applications_read",
    "applicants_read",
    "applicants_write",
    "managers_read",
    "managers_write",
  ]);
});

test.each([
  ["GET", "/campaigns", "campaigns_read"],
  ["GET", "/campaigns/:id", "campaigns_read"],
  ["GET", "/jobboards/applications", "applications_read"],
  ["POST", "/jobboards/applications", "applications_write"],
  ["POST", "/jobboards/applicants", "applicants_write"],
  ["GET", "/applicants/:id", "applicants_read"],
  ["GET", "/entities/:entity_id/units", "managers_read"],
  ["DELETE", "/managers/:id", "managers_write"],
  ["POST", "/jwt", null],
])("%s %s needs %s", (method, path, scope) => {
  expect(scopeFor(method, path)).toBe(scope);
});
