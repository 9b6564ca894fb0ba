import { Choice } from "../choice";
import { miss } from "../complaint";
import { choiceOf, mayKeep } from "../consent";
import type { State } from "../state";
import { forgetVisitor, itemOf, read, write } from "../storage";
import { visitorOf } from "../visitor";

/** How cookies are set, and whom they name. */
export const cookieMethods = (state: State) => ({
  disableCookies() {
    state.disableCookies = true;
    forgetVisitor(state);
  },
  areCookiesEnabled: () => !!mayKeep(state),
  hasCookies: () => (navigator.cookieEnabled ? "1" : "0"),
  deleteCookies: () => forgetVisitor(state),
  setCookieDomain: (domain: string) => void (state.setCookieDomain = domain.replace(/^\*/, "")),

  /** Only what is declared can be set, and only where cookies may be. */
  setSessionCookie(name: string, value: string, milliseconds?: number) {
    const item = itemOf(name);
    if (!item) miss(`cookie ${name}`);
    else if (mayKeep(state)) write(state, item, value, milliseconds && milliseconds / 1000);
  },
  getCookie(name: string) {
    const item = itemOf(name);
    return (item && read(state, item)) || 0;
  },

  /** A visitor who objected has no identifier. */
  getVisitorId: () => (choiceOf(state) === Choice.Refused ? "" : visitorOf(state)[0]),
  getVisitorInfo() {
    const [, created, isNew = true] = visitorOf(state);
    return [isNew ? "1" : "0", this.getVisitorId(), created] as const;
  },
  setVisitorId(id: string) {
    if (/^[0-9a-f]{16}$/i.test(id)) state.setVisitorId = id.toLowerCase();
    else miss("visitor id");
  },
});
