/** What the visitor wants, gathered from the page, the browser and what was remembered. It changes nothing. */
import { Choice, decide } from "./choice";
import { rule } from "./site";
import { objects } from "./small/wishes";
import type { State } from "./state";
import { lifetimeOf, read } from "./storage";

export const isRequired = (state: State) => state.requireConsent || rule(state).consent;

/** Returns when consent was remembered, empty if it was not, or too long ago. */
export const remembered = (state: State, item: "consent" | "cookieConsent"): string => {
  const time = read(state, item);
  // An earlier tracker asked for 30 years.
  return Date.now() - +time <= lifetimeOf(item, state) * 1000 ? time : "";
};

const isGiven = (state: State) => state.setConsentGiven || remembered(state, "consent");

const hasSignal = (state: State) => {
  const { gpc = true, dnt = true } = rule(state);
  return objects(gpc, dnt || state.setDoNotTrack);
};

/** Whether an objection stands, said on this page or before, to this site or to all of the server's. */
export const hasObjected = (state: State) => state.objected || state.instance || read(state, "objection");

export const choiceOf = (state: State): Choice =>
  decide({
    objected: hasObjected(state),
    asked: !rule(state).instance || state.instance === false,
    consent: isGiven(state),
    required: isRequired(state),
    signal: hasSignal(state),
  });

/** Whether nothing that the visitor has told this page or browser stands against a hit. */
export const isUnopposed = (state: State): boolean => choiceOf(state) <= Choice.Asking;

/** Whether consent is what allows a hit, so that the server has to be told of it. */
export const isDecisive = (state: State) => isGiven(state) && (isRequired(state) || hasSignal(state));

export const mayKeep = (state: State) =>
  rule(state).cookies &&
  !state.disableCookies &&
  (!state.requireCookieConsent || state.setCookieConsentGiven || remembered(state, "cookieConsent")) &&
  choiceOf(state) === Choice.Allowed;

export const mayAttribute = (state: State) => rule(state).sources && !state.disableCampaignParameters;

export const mayMeasure = (state: State) => rule(state).features && !state.disableBrowserFeatureDetection;
