/** A visitor's identifier in links from one of a site's hosts to another, for these keep no cookie in common. */
import { mayKeep, mayMeasure } from "./consent";
import { features } from "./features";
import { isOwn } from "./hosts";
import { parametersOf } from "./parameters";
import { sha1 } from "./sha1";
import type { State } from "./state";

export const LINK_PARAMETER = "pk_vid";

/** Returns the visitor that a link's parameter names, if it is of this browser and not too old. */
export const visitorOfLink = (value: string, now: number, seconds: number, browser: string): string => {
  const [, id, time, of] = /^([0-9a-f]{16})(\d{10})([0-9a-f]{6})$/.exec(value) ?? [];
  return id && of === browser && Math.abs(now - +time!) <= seconds ? id : "";
};

/** Tells a link that is followed from one that was sent to somebody else. */
const browserOf = (state: State): string =>
  sha1(navigator.userAgent + navigator.platform + JSON.stringify(mayMeasure(state) && features())).slice(0, 6);

/** Returns the visitor whom the link that led here names. */
export const linkedVisitor = (state: State, now: number): string => {
  const value = state.enableCrossDomainLinking && parametersOf(location.search)[LINK_PARAMETER];
  return value && mayKeep(state) ? visitorOfLink(value as string, now, state.setCrossDomainLinkingTimeout, browserOf(state)) : "";
};

export const linkParameter = (state: State, visitor: string, now: number): string =>
  mayKeep(state) ? `${LINK_PARAMETER}=${visitor}${now}${browserOf(state)}` : "";

/** Adds the parameter to a link that is followed to another of the site's hosts. */
export const extendLink = (state: State, link: HTMLAnchorElement | undefined, parameter: string): void => {
  if (!link || link.hostname === location.hostname || !isOwn(link.href, state.setDomains)) return;
  const others = link.search.slice(1).split("&").filter((pair) => !pair.startsWith(LINK_PARAMETER));
  link.search = [...others, state.enableCrossDomainLinking && parameter].filter(Boolean).join("&");
};
