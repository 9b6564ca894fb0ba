import { addressOf } from "../page";
import { hostMatches } from "../hosts";
import type { Settings } from "../settings";

/** What the page says of itself, and how requests leave. */
export const configurationMethods = (settings: Settings) => ({
  setTrackerUrl: (url: string) => void (settings.trackerUrl = url),
  getTrackerUrl: () => settings.trackerUrl,
  setSiteId: (siteId: string | number) => void (settings.siteId = String(siteId)),
  getSiteId: () => settings.siteId,
  setDocumentTitle: (title: string) => void (settings.title = title),
  setCustomUrl: (url: string) => void (settings.url = url),
  getCurrentUrl: () => addressOf(settings),
  setReferrerUrl: (url: string) => void (settings.referrer = url),
  discardHashTag: (discard: boolean) => void (settings.discardHash = discard),
  setUserId: (userId: string | number) => void (settings.userId = String(userId)),
  getUserId: () => settings.userId,
  resetUserId: () => void (settings.userId = ""),

  /** The page's own host is always one of its site's. */
  setDomains(domains: string | string[]) {
    const named = ([] as string[]).concat(domains);
    const here = named.some((domain) => hostMatches(location.hostname, hostOf(domain)));
    settings.domains = here ? named : [...named, location.hostname];
  },
  getDomains: () => settings.domains,

  disableCampaignParameters: () => void (settings.campaignsDisabled = true),
  setConversionAttributionFirstReferrer: (first: boolean) => void (settings.firstReferrerCounts = first),
  disablePerformanceTracking: () => void (settings.performanceDisabled = true),
  disableBrowserFeatureDetection: () => void (settings.featuresDisabled = true),
  enableBrowserFeatureDetection: () => void (settings.featuresDisabled = false),

  setRequestMethod(method: string) {
    settings.method = method;
    if (method === "GET") settings.beacon = false;
  },
  alwaysUseSendBeacon: () => void (settings.beacon = true),
  disableAlwaysUseSendBeacon: () => void (settings.beacon = false),
  isUsingAlwaysUseSendBeacon: () => settings.beacon,
});

const hostOf = (domain: string): string => domain.toLowerCase().replace(/^https?:\/\//, "").replace(/[/:].*/, "");
