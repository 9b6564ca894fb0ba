/** What a site's owner settled on the server, as far as a browser has to know it. */
export interface SiteRule {
  readonly cookies?: boolean;
  readonly features?: boolean;
  /** Whether it may be remembered and told where the visitor came from before. */
  readonly sources?: boolean;
  readonly consent?: boolean;
  readonly gpc: boolean;
  readonly dnt: boolean;
  /** Whether the server is asked for an objection to all of its sites before anything is told. */
  readonly instance?: boolean;
}

export type SiteRules = Readonly<Record<string, SiteRule>>;

/** A site nobody told us of: nothing is stored, no feature is read, every objection counts. */
export const UNKNOWN: SiteRule = { gpc: true, dnt: true };
