/** The one decision about a visitor's wishes in the browser: pure, and the same as the server's `policy/decision.py`. */

export interface Wishes {
  /** To this site, or to all of the server's; a consent that was taken back counts as the former. */
  readonly objected: unknown;
  /** Whether all who know of objections have been asked. */
  readonly asked: unknown;
  readonly consent: unknown;
  readonly required: unknown;
  /** Global Privacy Control or Do Not Track, where the site honours it. */
  readonly signal: unknown;
}

export const enum Choice {
  Allowed,
  /** Allowed as far as this browser knows; nothing is sent or stored until the server has said so too. */
  Asking,
  /** Nothing is sent or stored until the visitor has answered; hits wait in memory. */
  Waiting,
  Refused,
}

/**
 * An objection is stronger than consent, and consent stronger than what the browser says of every site. Where a site
 * asks for consent, a visitor whose browser objects to all sites may still say yes to this one, so hits wait.
 */
export const decide = (wishes: Wishes): Choice => {
  if (wishes.objected) return Choice.Refused;
  if (!wishes.consent) {
    if (wishes.required) return Choice.Waiting;
    if (wishes.signal) return Choice.Refused;
  }
  return wishes.asked ? Choice.Allowed : Choice.Asking;
};
