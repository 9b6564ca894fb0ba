import { Choice } from "../choice";
import type { Consent } from "../consent";
import type { Delivery } from "../delivery";
import type { Settings } from "../settings";
import type { Storage } from "../storage";

/** What the visitor said, as the page tells it. */
export function consentMethods(
  settings: Settings,
  storage: Storage,
  consent: Consent,
  delivery: Delivery,
  ping: () => void,
) {
  const hours = (given: number | undefined) => (given ? given * 3600 : undefined);
  const now = () => String(Date.now());

  /** Does what makes more allowed; if that are cookies, tells the server who the visitor of this page is. */
  function allow(change: () => void): void {
    const had = consent.cookiesAllowed();
    change();
    delivery.resume();
    if (!had && consent.cookiesAllowed() && delivery.hasSent()) ping();
  }

  const setConsentGiven = (withCookies = true) =>
    allow(() => {
      settings.objected = false;
      settings.consentGiven = true;
      if (withCookies) settings.cookieConsentGiven = true;
      storage.remove("objection");
    });

  const setCookieConsentGiven = () => allow(() => (settings.cookieConsentGiven = true));

  /** An objection stands until the visitor takes it back: there is no shorter one. */
  function object(): void {
    settings.objected = true;
    settings.consentGiven = settings.cookieConsentGiven = false;
    storage.remove("consent");
    storage.remove("cookieConsent");
    storage.write("objection", now());
    storage.forgetVisitor();
    delivery.drop();
  }

  return {
    requireConsent: () => void (settings.consentRequired = true),
    isConsentRequired: () => consent.required(),
    hasConsent: () => consent.choice() === Choice.Allowed,
    setConsentGiven,
    rememberConsentGiven(forHours?: number) {
      setConsentGiven();
      storage.write("consent", now(), hours(forHours));
    },
    getRememberedConsent: () => consent.remembered("consent") || null,
    hasRememberedConsent: () => !!consent.remembered("consent"),
    forgetConsentGiven: object,

    requireCookieConsent() {
      settings.cookieConsentRequired = true;
      return !consent.remembered("cookieConsent");
    },
    setCookieConsentGiven,
    rememberCookieConsentGiven(forHours?: number) {
      setCookieConsentGiven();
      storage.write("cookieConsent", now(), hours(forHours));
    },
    getRememberedCookieConsent: () => consent.remembered("cookieConsent") || null,
    forgetCookieConsentGiven() {
      settings.cookieConsentRequired = true;
      settings.cookieConsentGiven = false;
      storage.remove("cookieConsent");
      storage.forgetVisitor();
    },

    optUserOut: object,
    /** Takes the objection back, which is not yet a consent. */
    forgetUserOptOut() {
      settings.objected = false;
      storage.remove("objection");
    },
    isUserOptedOut: () => consent.choice() !== Choice.Allowed,
    setDoNotTrack: (honour: boolean) => void (settings.doNotTrack = honour),
  };
}
