import { expect, test } from "vitest";
import { remaining, visitorIn } from "../src/visitor";

const NOW = 1_763_985_600;
const THIRTEEN_MONTHS = 33_955_200;

test("the visitor of a cookie is the one who was there before", () => {
  expect(visitorIn(`0123456789abcdef.${NOW - 100}.`, NOW)).toEqual(["0123456789abcdef", NOW - 100, false]);
});

test("a cookie of an earlier tracker, with more in it, is understood", () => {
  expect(visitorIn(`0123456789abcdef.${NOW - 100}.3.${NOW}.${NOW}.`, NOW)?.[0]).toBe("0123456789abcdef");
});

test.each(["", "0123456789abcde.1.", "0123456789ABCDEF.1.", "x0123456789abcdef.1.", "0123456789abcdef"])(
  "%j names nobody",
  (value) => expect(visitorIn(value, 10)).toBeUndefined(),
);

test("13 months after creation a visitor is forgotten", () => {
  const created = NOW - THIRTEEN_MONTHS;

  expect(visitorIn(`0123456789abcdef.${created}.`, NOW)).toBeUndefined();
  expect(visitorIn(`0123456789abcdef.${created + 1}.`, NOW)).toBeDefined();
});

test("what is left of the 13 months shrinks, whenever the visitor comes", () => {
  expect(remaining(NOW, NOW)).toBe(THIRTEEN_MONTHS);
  expect(remaining(NOW, NOW + 1000)).toBe(THIRTEEN_MONTHS - 1000);
});
