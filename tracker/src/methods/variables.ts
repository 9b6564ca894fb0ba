import type { State } from "../state";
import { variablesOfVisit } from "../variables";

const enum Length {
  Longest = 200,
}

/** Custom variables. */
export const variableMethods = (state: State) => {
  const own = (scope?: string) => state.variables[scope === "page" ? "cvar" : scope === "event" ? "e_cvar" : "_cvar"];
  const all = (scope?: string) => (own(scope) === state.variables._cvar ? variablesOfVisit(state) : own(scope));
  const cut = (value: unknown) => String(value ?? "").slice(0, Length.Longest);

  const setCustomVariable = (index: number, name: unknown, value?: unknown, scope?: string): void => {
    own(scope)[index] = [cut(name), cut(value)];
  };

  const getCustomVariable = (index: number, scope?: string) => {
    const variable = all(scope)[index];
    return variable?.[0] ? variable : undefined;
  };

  const deleteCustomVariable = (index: number, scope?: string): void => {
    if (getCustomVariable(index, scope)) setCustomVariable(index, "", "", scope);
  };

  return {
    setCustomVariable,
    getCustomVariable,
    deleteCustomVariable,
    deleteCustomVariables: (scope?: string) =>
      Object.keys(all(scope)).forEach((index) => deleteCustomVariable(+index, scope)),
  };
};
