import { expect, test } from "vitest";
import { isOwn } from "../src/hosts";

test.each([
  ["http://shop.example/a", "shop.example", true],
  ["http://shop.example:8080/a", "shop.example", true],
  ["http://SHOP.example/", "Shop.Example", true],
  ["http://www.shop.example/", "shop.example", false],
  ["http://www.shop.example/", "*.shop.example", true],
  ["http://www.shop.example/", ".shop.example", true],
  ["http://shop.example/", "*.shop.example", true],
  ["http://workshop.example/", "*.shop.example", false],
  ["http://shop.example/en/a", "shop.example/en", true],
  ["http://shop.example/en", "https://shop.example/en/", true],
  ["http://shop.example/en/a", "shop.example/en/*", true],
  ["http://shop.example/english", "shop.example/en", false],
  ["http://shop.example/", "shop.example:443", true],
])("whether %s belongs to %s: %s", (address, domain, own) => {
  expect(isOwn(address, [domain])).toBe(own);
});
