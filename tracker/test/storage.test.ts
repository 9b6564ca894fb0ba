import { expect, test, vi } from "vitest";
import type { Settings } from "../src/settings";
import type { State } from "../src/state";
import { nameOf, renew } from "../src/storage";

vi.stubGlobal("location", { hostname: "localhost", protocol: "https:" });

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

test.each([".2.shop.example", "2.shop.example"])("an objection says when it was, and behind a dot where it holds: %s", (domain) => {
  const page = { cookie: "" };
  vi.stubGlobal("document", page);
  const settings = { ...SETTINGS, setCookieDomain: domain, setCookieSameSite: "Lax" } as State;

  renew(settings, 1764000000000);
  const [said] = page.cookie.split(";") as [string];
  page.cookie = said;
  renew(settings);

  expect(said).toMatch(/^mtm_consent_removed=\d{13}\.{1,2}2\.shop\.example$/);
  expect(page.cookie.split(";")[0]).toBe(said);
});
