import type { Cart } from "./cart";
import { DOWNLOAD_EXTENSIONS } from "./links";
import type { Parameters } from "./parameters";
import type { Variables } from "./variables";

type List = string | string[];

/**
 * What the page has said to one tracker: by the names of the methods that say it what they were given last, and what
 * others come to. Nothing is decided here; `consent.ts` reads it and decides.
 */
export interface Settings {
  setTrackerUrl: string;
  setSiteId: string | number;
  setAPIUrl?: string;
  setDomains: string[];
  enableFileTracking?: boolean;
  setCountPreRendered?: boolean;

  setDocumentTitle?: string;
  setCustomUrl?: string;
  setReferrerUrl: string;
  discardHashTag?: boolean;
  setExcludedQueryParams?: List;
  setUserId?: string | number;
  setVisitorId?: string;
  setPageViewId?: string;
  setPagePerformanceTiming?: Parameters;

  objected?: boolean;
  setDoNotTrack?: boolean;
  requireConsent?: boolean;
  setConsentGiven?: boolean;
  disableCookies?: boolean;
  requireCookieConsent?: boolean;
  setCookieConsentGiven?: boolean;
  disableBrowserFeatureDetection?: boolean;

  setCookieNamePrefix: string;
  setCookieDomain: string;
  setCookiePath: string;
  setCookieSameSite: string;
  setSecureCookie?: boolean;
  /** Seconds, where the page wants an item to live shorter than is declared. */
  setVisitorCookieTimeout?: number;
  setSessionCookieTimeout: number;
  setReferralCookieTimeout?: number;

  setCampaignNameKey: List;
  setCampaignKeywordKey: List;
  disableCampaignParameters?: boolean;
  setIgnoreCampaignsForReferrers?: List;
  setIgnoreCampaignAttributionForSources?: List;
  setConversionAttributionFirstReferrer?: boolean;
  setExcludedReferrers: List;
  setReferralUrlMaxLength: number;
  disablePerformanceTracking?: boolean;

  setCustomData?: unknown;
  dimensions: Parameters;
  /** By the parameter that they are told in. */
  variables: Record<"_cvar" | "cvar" | "e_cvar", Variables>;
  storeCustomVariablesInCookie?: boolean;
  cart: Cart;
  /** What the next page view shows of a shop. */
  setEcommerceView?: Parameters;

  enableCrossDomainLinking?: boolean;
  setCrossDomainLinkingTimeout: number;

  alwaysUseSendBeacon: boolean;
  setRequestMethod?: string;
  setRequestContentType?: string;
  appendToTrackingUrl?: string;
  setCustomRequestProcessing?: (request: string) => string;

  setLinkClasses: string[];
  setDownloadClasses: string[];
  setIgnoreClasses: string[];
  /** Patterns, as which plain words may stand. */
  setDownloadExtensions: List;
  removedExtensions?: List;
  setLinkTrackingTimer: number;
}

export const settingsOf = (trackerUrl: string, siteId: string | number): Settings => ({
  setTrackerUrl: trackerUrl,
  setSiteId: siteId,
  setDomains: [location.hostname],

  setReferrerUrl: document.referrer,

  setCookieNamePrefix: "_pk_",
  setCookieDomain: "",
  setCookiePath: "/",
  setCookieSameSite: "Lax",
  setSessionCookieTimeout: 1800,

  setCampaignNameKey:
    "pk_cpn|pk_campaign|piwik_campaign|mtm_campaign|matomo_campaign|utm_campaign|utm_source|utm_medium",
  setCampaignKeywordKey: "pk_kwd|pk_keyword|piwik_kwd|mtm_kwd|mtm_keyword|matomo_kwd|utm_term",
  setExcludedReferrers: [".paypal.com"],
  setReferralUrlMaxLength: 1024,

  dimensions: {},
  variables: { _cvar: {}, cvar: {}, e_cvar: {} },
  cart: {},
  setCrossDomainLinkingTimeout: 180,

  alwaysUseSendBeacon: true,

  setLinkClasses: classes("link"),
  setDownloadClasses: classes("download"),
  setIgnoreClasses: classes("ignore"),
  setDownloadExtensions: DOWNLOAD_EXTENSIONS,
  setLinkTrackingTimer: 500,
});

const classes = (kind: string): string[] => [`matomo_${kind}`, `piwik_${kind}`];
