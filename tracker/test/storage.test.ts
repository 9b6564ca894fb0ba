import { expect, test, vi } from "vitest";
import type { Settings } from "../src/settings";
import { nameOf } from "../src/storage";

vi.stubGlobal("location", { hostname: "localhost" });

const SETTINGS = {
  setSiteId: "1",
  setCookieNamePrefix: "_pk_",
  setCookieDomain: "",
  setCookiePath: "/",
} as Settings;

test("a name holds the site, and where the cookie is valid", () => {
  // sha1("localhost/") begins with 1fff.
  expect(nameOf(SETTINGS, "visitor")).toBe("_pk_id.1.1fff");
  expect(nameOf(SETTINGS, "visit")).toBe("_pk_ses.1.1fff");
});

test("the page's domain, path and prefix make it another cookie", () => {
  const settings = { ...SETTINGS, setCookieDomain: ".shop.example", setCookiePath: "/en", setCookieNamePrefix: "own_" };

  expect(nameOf(settings, "referrer")).toMatch(/^own_ref\.1\.[0-9a-f]{4}$/);
  expect(nameOf(settings, "referrer")).not.toBe(nameOf({ ...settings, setCookiePath: "/" }, "referrer"));
});

test("what a visitor chose has one name for all", () => {
  expect(nameOf({ ...SETTINGS, setCookieNamePrefix: "own_" }, "objection")).toBe("mtm_consent_removed");
});
