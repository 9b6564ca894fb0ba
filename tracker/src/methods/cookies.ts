import type { Consent } from "../consent";
import { Choice } from "../choice";
import type { Settings } from "../settings";
import type { Storage } from "../storage";
import type { Visitors } from "../visitor";

/** How cookies are set, and whom they name. */
export const cookieMethods = (settings: Settings, storage: Storage, consent: Consent, visitors: Visitors) => ({
  disableCookies() {
    settings.cookiesDisabled = true;
    storage.forgetVisitor();
  },
  areCookiesEnabled: () => consent.cookiesAllowed(),
  hasCookies: () => (navigator.cookieEnabled ? "1" : "0"),
  deleteCookies: () => storage.forgetVisitor(),

  setCookieNamePrefix: (prefix: string) => void (settings.cookiePrefix = prefix),
  setCookieDomain: (domain: string) => void (settings.cookieDomain = domain.replace(/^\*\./, ".")),
  getCookieDomain: () => settings.cookieDomain,
  setCookiePath: (path: string) => void (settings.cookiePath = path),
  getCookiePath: () => settings.cookiePath,
  setSecureCookie: (secure: boolean) => void (settings.cookieSecure = secure),
  setCookieSameSite: (sameSite: string) => void (settings.cookieSameSite = capitalised(sameSite)),
  setVisitorCookieTimeout: (seconds: number) => void (settings.lifetimes.visitor = seconds),
  setSessionCookieTimeout: (seconds: number) => void (settings.lifetimes.visit = seconds),
  setReferralCookieTimeout: (seconds: number) => void (settings.lifetimes.referrer = seconds),

  /** A visitor who objected has no identifier. */
  getVisitorId: () => (consent.choice() === Choice.Refused ? "" : visitors.current().id),
  setVisitorId(id: string) {
    if (/^[0-9a-f]{16}$/i.test(id)) settings.visitorId = id.toLowerCase();
    else console.error("Pellucid: a visitor id has 16 hexadecimal digits.");
  },
});

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
