/** What a site's owner settled on the server, as far as a browser has to know it. */
export interface SiteRule {
  readonly cookies: boolean;
  readonly features: boolean;
  readonly consent: boolean;
  readonly gpc: boolean;
  readonly dnt: boolean;
}

export type SiteRules = Readonly<Record<string, SiteRule>>;

/** A site nobody told us of: nothing is stored, no feature is read, every objection counts. */
const UNKNOWN: SiteRule = { cookies: false, features: false, consent: false, gpc: true, dnt: true };

export const ruleOf = (rules: SiteRules, site: string): SiteRule => rules[site] ?? UNKNOWN;
