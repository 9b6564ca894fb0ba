import { hasObjected, isRequired, isUnopposed, mayKeep, remembered } from "../consent";
import { resume } from "../delivery";
import type { State } from "../state";
import { forgetVisitor, remove, renew, write } from "../storage";
import { isUntouched } from "../touch";

/** What the visitor said, as the page tells it. */
export const consentMethods = (state: State, ping: () => void) => {
  /** Does what makes more allowed; if that are cookies, tells the server who the visitor of this page is. */
  const allow = (change: () => void): void => {
    const kept = mayKeep(state);
    change();
    resume(state);
    if (!kept && mayKeep(state) && state.hasSent) ping();
  };

  const remember = (item: "consent" | "cookieConsent", give: () => void) => (hours?: number) => {
    give();
    if (!hasObjected(state)) write(state, item, `${Date.now()}`, hours && hours * 3600);
  };

  const setConsentGiven = (withCookies = true) =>
    allow(() => {
      // What a page says by itself, before the visitor has touched it, is nothing against an objection.
      if (!isUntouched()) forgetUserOptOut();
      state.setConsentGiven = true;
      if (withCookies) state.setCookieConsentGiven = true;
    });

  const setCookieConsentGiven = () => allow(() => (state.setCookieConsentGiven = true));

  const refuseCookies = (): void => {
    state.setCookieConsentGiven = false;
    remove(state, "cookieConsent");
    forgetVisitor(state);
  };

  /** An objection stands until the visitor takes it back: there is no shorter one. */
  const object = (): void => {
    state.objected = true;
    state.setConsentGiven = false;
    remove(state, "consent");
    refuseCookies();
    renew(state, Date.now());
    state.waiting = [];
  };

  /** Takes the objection back, which is not yet a consent. */
  const forgetUserOptOut = (): void => {
    state.objected = false;
    remove(state, "objection");
  };

  return {
    isConsentRequired: () => !!isRequired(state),
    hasConsent: () => isUnopposed(state),
    setConsentGiven,
    rememberConsentGiven: remember("consent", setConsentGiven),
    getRememberedConsent: () => remembered(state, "consent") || null,
    hasRememberedConsent: () => !!remembered(state, "consent"),
    forgetConsentGiven: object,

    requireCookieConsent() {
      state.requireCookieConsent = true;
      return !remembered(state, "cookieConsent");
    },
    setCookieConsentGiven,
    rememberCookieConsentGiven: remember("cookieConsent", setCookieConsentGiven),
    getRememberedCookieConsent: () => remembered(state, "cookieConsent") || null,
    forgetCookieConsentGiven() {
      state.requireCookieConsent = true;
      refuseCookies();
    },

    optUserOut: object,
    forgetUserOptOut,
    isUserOptedOut: () => !isUnopposed(state),
  };
};
