/** The one decision about a visitor's wishes in the browser: pure, and the same as the server's `policy/decision.py`. */

export interface Wishes {
  readonly objected: boolean;
  readonly consented: boolean;
  readonly consentRequired: boolean;
  /** Global Privacy Control or Do Not Track, where the site honours it. */
  readonly signal: boolean;
}

export const enum Choice {
  Allowed,
  /** Nothing is sent or stored until the visitor has answered; hits wait in memory. */
  Waiting,
  Refused,
}

/**
 * An objection is stronger than consent, and consent stronger than what the browser says of every site. Where a site
 * asks for consent, a visitor whose browser objects to all sites may still say yes to this one, so hits wait.
 */
export function decide(wishes: Wishes): Choice {
  if (wishes.objected) return Choice.Refused;
  if (wishes.consented) return Choice.Allowed;
  if (wishes.consentRequired) return Choice.Waiting;
  return wishes.signal ? Choice.Refused : Choice.Allowed;
}
