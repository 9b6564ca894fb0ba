/** Who the visitor is on this site: kept in a cookie where that is allowed, else for this page alone. */
import { linkedVisitor } from "./crossdomain";
import { randomDigits } from "./random";
import type { State } from "./state";
import { lifetimeOf, read, write } from "./storage";

/** The time of creation is in seconds since 1970. */
export type Visitor = readonly [id: string, created: number, isNew?: boolean];

/** Returns the visitor that a cookie's value names, unless the time it was created for is over. */
export const visitorIn = (value: string, now: number): Visitor | undefined => {
  const [, id, created] = /^([0-9a-f]{16})\.(\d{1,10})(?:\.|$)/.exec(value) ?? [];
  return id && remaining(+created!, now) > 0 ? [id, +created!, false] : undefined;
};

/** Returns the seconds that are left of the 13 months since creation; a visit does not prolong them. */
export const remaining = (created: number, now: number): number => created + lifetimeOf("visitor") - now;

export const visitorOf = (state: State): Visitor => {
  const now = seconds();
  const [id, ...more] = visitorIn(read(state, "visitor"), now) ?? (state.visitor ??= [randomDigits(), now]);
  return [state.setVisitorId || linkedVisitor(state, now) || id, ...more];
};

/** Keeps the visitor, and that a visit is running. */
export const keepVisitor = (state: State): void => {
  const [id, created] = visitorOf(state);
  write(state, "visitor", `${id}.${created}.`, Math.min(state.setVisitorCookieTimeout ?? Infinity, remaining(created, seconds())));
  write(state, "visit", "1", state.setSessionCookieTimeout);
};

export const seconds = (): number => Math.floor(Date.now() / 1000);
