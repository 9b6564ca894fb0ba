/** What a site's owner settled on the server, as far as a browser has to know it. */
import type { State } from "./state";

export interface SiteRule {
  readonly cookies?: boolean;
  readonly features?: boolean;
  /** Whether it may be remembered and told where the visitor came from before. */
  readonly sources?: boolean;
  readonly consent?: boolean;
  /** Whether signals are objections; they are where nothing is said. */
  readonly gpc?: boolean;
  readonly dnt?: boolean;
  /** Whether the server is asked for an objection to all of its sites before anything is told. */
  readonly instance?: boolean;
  /** For how long consent is remembered, where it is not what `storage.json` says. */
  readonly days?: number;
}

export type SiteRules = Readonly<Record<string, SiteRule>>;

/** A site nobody told us of: nothing is stored, no feature is read, every objection counts. */
export const UNKNOWN: SiteRule = {};

export const rule = (state: State): SiteRule => state.rules[state.setSiteId] ?? UNKNOWN;
