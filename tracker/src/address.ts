/** Addresses as they are told: without what the page wants left out. */
import { LINK_PARAMETER } from "./crossdomain";
import { absolute, isOwn, list } from "./hosts";
import { parametersOf } from "./parameters";
import type { Settings } from "./settings";

const SOURCES = "utm_source|mtm_source|matomo_source|pk_source";

/** Returns the first parameter of these names that has a value; campaigns may stand behind the hash too. */
export const firstOf = (address: string, names: string | string[]): string => {
  const parameters = parametersOf(address.replace(/[?#]/g, "&"));
  return (list(names).map((name) => parameters[name]).find(Boolean) as string) ?? "";
};

/** Returns the address without the parameters of these names, in its query or behind its hash. */
export const without = (address: string, names: readonly string[]): string =>
  address.replace(/([?#])([^?#]+)/g, (_, mark: string, pairs: string) => {
    const kept = pairs.split("&").filter((pair) => !names.includes(pair.split("=")[0]!));
    return kept.length ? mark + kept.join("&") : "";
  });

/** Returns an address of the page, of what led to it, or of what it links to. */
export const told = (address: string, settings: Settings): string => {
  const clean = without(address, [LINK_PARAMETER, ...list(settings.setExcludedQueryParams)]);
  return settings.discardHashTag ? clean.replace(/#.*/, "") : clean;
};

/** Returns the page's address, without a campaign that the page does not want to count. */
export const addressOf = (settings: Settings): string => {
  const address = told(absolute(settings.setCustomUrl ?? "") || location.href, settings);
  return isOwn(settings.setReferrerUrl, settings.setIgnoreCampaignsForReferrers) ||
    list(settings.setIgnoreCampaignAttributionForSources).includes(firstOf(address, SOURCES))
    ? without(address, [...list(settings.setCampaignNameKey), ...list(settings.setCampaignKeywordKey)])
    : address;
};

export const referrerOf = (settings: Settings): string => {
  const referrer = settings.setReferrerUrl;
  return /[?&]ignore_referr?er=1/.test(location.search) || isOwn(referrer, settings.setExcludedReferrers)
    ? ""
    : told(referrer, settings);
};
