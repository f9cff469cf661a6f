import { it } from "vitest";

it.skip("the tests of this variant of the database: a program that they need is not installed");
