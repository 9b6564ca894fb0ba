/** Custom variables: numbered, named values of a visit, a page or an event. */
import { mayKeep } from "./consent";
import { json, parsedJson } from "./parameters";
import type { State } from "./state";
import { read, write } from "./storage";

export type Variables = Record<string, [name: string, value: string]>;

/** Returns those of the visit, which may have been kept on an earlier page of it. */
export const variablesOfVisit = (state: State): Variables => ({
  ...(state.storeCustomVariablesInCookie && mayKeep(state) && (parsedJson(read(state, "variables")) as Variables)),
  ...state.variables._cvar,
});

/** What was deleted is told as empty, and kept no longer. */
export const keepVariables = (state: State): void => {
  if (!state.storeCustomVariablesInCookie) return;
  const named = Object.entries(variablesOfVisit(state)).filter(([, [name]]) => name);
  write(state, "variables", json(Object.fromEntries(named)), state.setSessionCookieTimeout);
};
