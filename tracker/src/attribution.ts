/** Where a visit came from, kept so that a later conversion can be attributed to it. */
import { isOwn, parsed } from "./hosts";
import type { Settings } from "./settings";
import type { Storage } from "./storage";

/** Campaign, its keyword, the time in seconds since 1970, and the referrer. */
export type Attribution = readonly [string, string, number, string];

export const NOWHERE: Attribution = ["", "", 0, ""];

const LONGEST_REFERRER = 1024;
const EXCLUDED_REFERRERS = [".paypal.com"];

const CAMPAIGNS = "pk_cpn pk_campaign piwik_campaign mtm_campaign matomo_campaign utm_campaign utm_source utm_medium";
const KEYWORDS = "pk_kwd pk_keyword piwik_kwd mtm_kwd mtm_keyword matomo_kwd utm_term";

/** Returns what a new visit is attributed to: this page's campaign or referrer, or else what was known before. */
export function attributionOf(
  page: string,
  referrer: string,
  known: Attribution,
  now: number,
  settings: Pick<Settings, "domains" | "firstReferrerCounts">,
): Attribution {
  if (settings.firstReferrerCounts && (known[0] || known[3])) return known;
  const campaign = firstOf(page, CAMPAIGNS);
  const from = parsed(referrer);
  const foreign = from && !isOwn(from, settings.domains) && !isOwn(from, EXCLUDED_REFERRERS);
  if (!campaign && !foreign) return known;
  return [campaign, campaign && firstOf(page, KEYWORDS), now, foreign ? referrer.slice(0, LONGEST_REFERRER) : ""];
}

function firstOf(page: string, names: string): string {
  const url = parsed(page);
  if (!url) return "";
  const inHash = new URLSearchParams(url.hash.slice(1));
  for (const name of names.split(" ")) {
    const value = url.searchParams.get(name) || inHash.get(name);
    if (value) return value;
  }
  return "";
}

export interface Attributions {
  current(): Attribution;
  keep(): void;
}

export function openAttributions(settings: Settings, storage: Storage, page: () => string): Attributions {
  let ofThisPage: Attribution | undefined;

  function stored(): Attribution {
    try {
      const [campaign, keyword, time, referrer] = JSON.parse(storage.read("referrer")) as unknown[];
      return [String(campaign), String(keyword), Number(time), String(referrer)];
    } catch {
      return NOWHERE;
    }
  }

  const current = () =>
    (ofThisPage ??= storage.read("visit")
      ? stored()
      : attributionOf(page(), settings.referrer, stored(), Math.floor(Date.now() / 1000), settings));

  return {
    current,
    keep() {
      const attribution = current();
      if (attribution[2]) storage.write("referrer", JSON.stringify(attribution), settings.lifetimes.referrer);
    },
  };
}
