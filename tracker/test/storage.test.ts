import { expect, test } from "vitest";
import type { Settings } from "../src/settings";
import { nameOf } from "../src/storage";

const SETTINGS = { siteId: "1", cookiePrefix: "_pk_", cookieDomain: "", cookiePath: "/" } as Settings;

test("a name holds the site, and where the cookie is valid", () => {
  // sha1("localhost/") begins with 1fff.
  expect(nameOf("visitor", SETTINGS, "localhost")).toBe("_pk_id.1.1fff");
  expect(nameOf("visit", SETTINGS, "localhost")).toBe("_pk_ses.1.1fff");
});

test("the page's domain, path and prefix make it another cookie", () => {
  const settings = { ...SETTINGS, cookieDomain: ".shop.example", cookiePath: "/en", cookiePrefix: "own_" };

  expect(nameOf("referrer", settings, "www.shop.example")).toMatch(/^own_ref\.1\.[0-9a-f]{4}$/);
  expect(nameOf("referrer", settings, "www.shop.example")).toBe(nameOf("referrer", settings, "shop.example"));
});

test("what a visitor chose has one name for all", () => {
  expect(nameOf("objection", { ...SETTINGS, cookiePrefix: "own_" }, "shop.example")).toBe("mtm_consent_removed");
});
