/** What every hit says of the page it happened on, whatever it is about. */
import { addressOf, referrerOf } from "./address";
import { deliver } from "./delivery";
import { parametersOfData } from "./dimensions";
import { always, json, parametersOf, queryOf, type Parameters } from "./parameters";
import type { State } from "./state";
import { timingsDue } from "./timings";
import type { Callback } from "./transport";

/** Tells what happened. Plugins add to it what they have for the hook. */
export const track = (state: State, happened: Parameters, hook: string, data?: unknown, callback?: Callback): void =>
  void deliver(state, [hitOf(state, happened, hook, data)], callback);

/** Returns what happened with all that is told besides. */
export const hitOf = (state: State, happened: Parameters, hook?: string, data?: unknown): Parameters => {
  const { cvar, e_cvar } = state.variables;
  const hit = {
    ...always(state.setSiteId, new Date()),
    ...happened,
    url: addressOf(state),
    urlref: referrerOf(state),
    uid: state.setUserId,
    pv_id: state.pageview,
    cs: document.characterSet.replace(/^utf-?8$/i, ""),
    cvar: json(cvar),
    e_cvar: json(e_cvar),
    ...state.dimensions,
    ...parametersOfData(data || state.setCustomData),
    ...timingsDue(state, "action_name" in happened),
  };
  if (!hook) return hit;
  return { ...hit, ...parametersOf(state.plugins.call(hook, { tracker: state.api, request: queryOf(hit) })) };
};
