/** Who the visitor is on this site: kept in a cookie where that is allowed, else for this page alone. */
import { randomText } from "./random";
import type { Settings } from "./settings";
import { lifetimeOf, type Storage } from "./storage";

export interface Visitor {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly isNew: boolean;
}

/** Returns the visitor that a cookie's value names, unless the time it was created for is over. */
export function visitorIn(value: string, now: number): Visitor | undefined {
  const [, id, created] = /^([0-9a-f]{16})\.(\d{1,10})(?:\.|$)/.exec(value) ?? [];
  if (!id || remaining(Number(created), now) <= 0) return undefined;
  return { id, created: Number(created), isNew: false };
}

/** Returns the seconds that are left of the 13 months since creation; a visit does not prolong them. */
export const remaining = (created: number, now: number): number => created + lifetimeOf("visitor") - now;

export interface Visitors {
  current(): Visitor;
  /** Keeps the visitor, and that a visit is running. */
  keep(): void;
}

export function openVisitors(settings: Settings, storage: Storage): Visitors {
  let ofThisPage: Visitor | undefined;

  function current(): Visitor {
    const now = seconds();
    const stored = visitorIn(storage.read("visitor"), now);
    const visitor = stored ?? (ofThisPage ??= { id: randomText(16, "0123456789abcdef"), created: now, isNew: true });
    return settings.visitorId ? { ...visitor, id: settings.visitorId } : visitor;
  }

  return {
    current,
    keep() {
      const { id, created } = current();
      const { visitor, visit } = settings.lifetimes;
      storage.write("visitor", `${id}.${created}.`, Math.min(visitor ?? Infinity, remaining(created, seconds())));
      storage.write("visit", "1", visit);
    },
  };
}

const seconds = (): number => Math.floor(Date.now() / 1000);
