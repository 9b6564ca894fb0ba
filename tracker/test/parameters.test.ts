import { expect, test } from "vitest";
import { always, queryOf } from "../src/parameters";

test("what has no value is left out, what is nought is not", () => {
  expect(queryOf({ a: "x y&z", b: undefined, c: "", d: 0 })).toBe("a=x+y%26z&d=0");
});

test("half of a character does not keep a hit from being sent", () => {
  expect(queryOf({ action_name: "cut \ud83d" })).toBe("action_name=cut+%EF%BF%BD");
  expect(queryOf({ action_name: "whole 😀" })).toBe("action_name=whole+%F0%9F%98%80");
});

test("every request says which site, and when by the visitor's clock", () => {
  expect(always("3", new Date(2025, 10, 24, 9, 5, 7))).toMatchObject({ idsite: "3", rec: 1, h: 9, m: 5, s: 7 });
});
