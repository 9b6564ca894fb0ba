/** Where a visit came from, kept so that a later conversion can be attributed to it. */
import { addressOf, firstOf, referrerOf } from "./address";
import { isOwn, parsed } from "./hosts";
import { parsedJson } from "./parameters";
import type { Settings } from "./settings";
import { rule } from "./site";
import type { State } from "./state";
import { read, remove, write } from "./storage";
import { seconds } from "./visitor";

/** Campaign, its keyword, the time in seconds since 1970, and the referrer. */
export type Attribution = readonly [string, string, number, string];

export const NOWHERE: Attribution = ["", "", 0, ""];

type Rules = Pick<
  Settings,
  | "setCampaignKeywordKey"
  | "setCampaignNameKey"
  | "setConversionAttributionFirstReferrer"
  | "setDomains"
  | "setReferralUrlMaxLength"
>;

/** Returns what a new visit is attributed to: this page's campaign or referrer, or else what was known before. */
export const attributionOf = (page: string, referrer: string, known: Attribution, now: number, rules: Rules): Attribution => {
  if (rules.setConversionAttributionFirstReferrer && (known[0] || known[3])) return known;
  const campaign = firstOf(page, rules.setCampaignNameKey);
  const foreign = parsed(referrer) && !isOwn(referrer, rules.setDomains);
  if (!campaign && !foreign) return known;
  const keyword = campaign && firstOf(page, rules.setCampaignKeywordKey);
  return [campaign, keyword, now, foreign ? referrer.slice(0, rules.setReferralUrlMaxLength) : ""];
};

export const attribution = (state: State): Attribution => {
  const kept = Object.values(parsedJson(read(state, "referrer"))) as unknown as Attribution;
  const stored = kept.length === NOWHERE.length ? kept : NOWHERE;
  return (state.attribution ??= read(state, "visit")
    ? stored
    : attributionOf(addressOf(state), referrerOf(state), stored, seconds(), state));
};

export const keepAttribution = (state: State): void => {
  const kept = attribution(state);
  if (!rule(state).sources) remove(state, "referrer");
  else if (kept[2]) write(state, "referrer", JSON.stringify(kept), state.setReferralCookieTimeout);
};
