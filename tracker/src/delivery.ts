/**
 * From a hit to a request. Every hit asks for the visitor's choice at the moment it would leave: after all commands that
 * the page gave with it, so that their order does not matter, and again after each wait.
 */
import { attribution, keepAttribution, NOWHERE } from "./attribution";
import { Choice } from "./choice";
import { choiceOf, isDecisive, mayAttribute, mayKeep, mayMeasure } from "./consent";
import { listen } from "./dom";
import { features, hintsOf } from "./features";
import { json, parametersOf, queryOf, type Parameters } from "./parameters";
import { askServer } from "./server";
import type { State } from "./state";
import { forgetVisitor, renew } from "./storage";
import { sendAll, type Callback } from "./transport";
import { keepVariables, variablesOfVisit } from "./variables";
import { keepVisitor, visitorOf } from "./visitor";

/** Takes hits as they are now, to be sent together; what recognises the visitor is added when they leave. */
export const deliver = async (state: State, hits: readonly Parameters[], callback?: Callback): Promise<void> => {
  // A page that the browser loaded ahead waits until it is looked at; most never are.
  if (document.prerendering && !state.setCountPreRendered) {
    await new Promise((looked) => listen(document, "prerenderingchange", looked));
  }
  await 0;
  if (!state.setTrackerUrl || !state.setSiteId || (location.protocol === "file:" && !state.enableFileTracking)) return;
  if (choiceOf(state) === Choice.Asking) await askServer(state);
  const uadata = choiceOf(state) === Choice.Allowed && mayMeasure(state) ? await hintsOf(state) : "";
  const choice = choiceOf(state);
  if (!mayKeep(state)) forgetVisitor(state);
  if (choice === Choice.Waiting) state.waiting.push(() => void deliver(state, hits, callback));
  else if (choice === Choice.Allowed) leave(state, hits.map((hit) => requestOf(state, { uadata, ...hit })), callback);
  else renew(state);
};

/** Tries again what has waited for consent. */
export const resume = (state: State): void => state.waiting.splice(0).forEach((again) => again());

const leave = (state: State, requests: readonly string[], callback?: Callback): void => {
  if (mayKeep(state)) {
    keepAttribution(state);
    keepVariables(state);
    keepVisitor(state);
  }
  state.hasSent = true;
  const { setCustomRequestProcessing: rewrite } = state;
  const left = rewrite ? requests.map((request) => rewrite(request)).filter(Boolean) : requests;
  sendAll(state.setTrackerUrl, left, state, callback);
};

/** Returns the request that a hit would leave as now, without what the visitor does not allow. */
export const requestOf = (state: State, hit: Parameters): string =>
  queryOf({ ...hit, ...(choiceOf(state) === Choice.Allowed ? ofTheVisitor(state) : NOBODY), ...parametersOf(state.appendToTrackingUrl ?? "") });

const NOBODY: Parameters = { _id: "" };

const ofTheVisitor = (state: State): Parameters => {
  const [id, , isNew = true] = mayKeep(state) || state.setVisitorId ? visitorOf(state) : [];
  const [campaign, keyword, time, referrer] = mayAttribute(state) ? attribution(state) : NOWHERE;
  return {
    _id: id,
    _idn: isNew ? 1 : 0,
    _rcn: campaign,
    _rck: keyword,
    _refts: time || undefined,
    _ref: referrer,
    _cvar: json(variablesOfVisit(state)),
    ...(mayMeasure(state) && features()),
    consent: isDecisive(state) ? 1 : undefined,
  };
};
