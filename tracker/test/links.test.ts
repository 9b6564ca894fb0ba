import { expect, test } from "vitest";
import { DOWNLOAD_EXTENSIONS, kindOfLink } from "../src/links";

const RULES = {
  setDomains: ["shop.example"],
  setLinkClasses: ["matomo_link"],
  setDownloadClasses: ["matomo_download"],
  setIgnoreClasses: ["matomo_ignore"],
  setDownloadExtensions: DOWNLOAD_EXTENSIONS,
};

test.each([
  ["http://shop.example/a", undefined],
  ["http://elsewhere.example/", "link"],
  ["https://elsewhere.example/deep/page?x=1#y", "link"],
  ["ftp://elsewhere.example/", "link"],
  ["mailto:a@elsewhere.example", undefined],
  ["tel:112", undefined],
  ["javascript:void 0", undefined],
  ["http://shop.example/list.PDF", "download"],
  ["http://elsewhere.example/list.pdf?v=2", "download"],
  ["http://shop.example/get?file=list.zip&x=1", "download"],
  ["http://shop.example/pdf", undefined],
  ["http://shop.example/list.pdf/page", undefined],
])("%s is a %s", (address, kind) => {
  expect(kindOfLink(new URL(address), [], false, RULES)).toBe(kind);
});

test.each([
  ["http://shop.example/a", ["matomo_link"], false, "link"],
  ["http://shop.example/list.pdf", ["matomo_link"], false, "link"],
  ["http://shop.example/a", ["big", "matomo_download"], false, "download"],
  ["http://shop.example/a", [], true, "download"],
  ["http://elsewhere.example/", ["matomo_ignore"], false, undefined],
  ["http://elsewhere.example/list.pdf", ["matomo_ignore", "matomo_download"], true, undefined],
] as const)("%s with the classes %j, saved: %s, is a %s", (address, classes, saves, kind) => {
  expect(kindOfLink(new URL(address), classes, saves, RULES)).toBe(kind);
});
