/** What the visitor wants, gathered from the page, the browser and what was remembered. It reads and changes nothing. */
import { Choice, decide } from "./choice";
import type { Settings } from "./settings";
import { ruleOf, type SiteRules } from "./site";
import { lifetimeOf, type Storage } from "./storage";

export interface Consent {
  choice(): Choice;
  required(): boolean;
  /** Returns when consent was remembered, empty if it was not, or too long ago. */
  remembered(item: "consent" | "cookieConsent"): string;
  /** Whether consent is what allows a hit, so that the server has to be told of it. */
  decisive(): boolean;
  cookiesAllowed(): boolean;
  featuresAllowed(): boolean;
}

export function openConsent(settings: Settings, storage: Storage, rules: SiteRules): Consent {
  const rule = () => ruleOf(rules, settings.siteId);
  const required = () => settings.consentRequired || rule().consent;
  const given = () => settings.consentGiven || !!remembered("consent");

  function remembered(item: "consent" | "cookieConsent"): string {
    const time = storage.read(item);
    // An earlier tracker asked for 30 years.
    return Date.now() - Number(time) <= lifetimeOf(item) * 1000 ? time : "";
  }

  function signal(): boolean {
    const { gpc, dnt } = rule();
    const notTracked = [navigator.doNotTrack, window.doNotTrack].some((said) => said === "1" || said === "yes");
    return (gpc && !!navigator.globalPrivacyControl) || ((dnt || settings.doNotTrack) && notTracked);
  }

  const choice = () =>
    decide({
      objected: settings.objected || !!storage.read("objection"),
      consented: given(),
      consentRequired: required(),
      signal: signal(),
    });

  return {
    choice,
    required,
    remembered,
    decisive: () => given() && (required() || signal()),
    cookiesAllowed: () =>
      rule().cookies &&
      !settings.cookiesDisabled &&
      (!settings.cookieConsentRequired || settings.cookieConsentGiven || !!remembered("cookieConsent")) &&
      choice() === Choice.Allowed,
    featuresAllowed: () => rule().features && !settings.featuresDisabled,
  };
}
