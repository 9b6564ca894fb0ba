/** What one tracker knows: what its page has said, and what has happened so far. Every part reads it and adds to it. */
import type { Attribution } from "./attribution";
import type { Plugins } from "./plugins";
import { settingsOf, type Settings } from "./settings";
import type { SiteRules } from "./site";
import type { Visitor } from "./visitor";

/** What all trackers of a page have in common. */
export interface Common {
  readonly rules: SiteRules;
  readonly plugins: Plugins;
  /** What servers were asked, by their address. */
  readonly asked: Record<string, Promise<boolean | undefined>>;
}

export interface State extends Settings, Common {
  /** The methods that plugins get to know. */
  api?: unknown;
  /** What the server answered; undefined until it did. */
  instance?: boolean | undefined;
  hints?: Promise<string>;
  /** What is to be tried again when the visitor has consented. */
  waiting: (() => void)[];
  hasSent?: boolean;
  visitor?: Visitor;
  attribution?: Attribution;
  pageviews: number;
  pageview: string;
  timed?: boolean;
}

export const stateOf = (common: Common, trackerUrl: string, siteId: string | number): State => ({
  ...settingsOf(trackerUrl, siteId),
  ...common,
  waiting: [],
  pageviews: 0,
  pageview: "",
});
