import { DOWNLOAD_EXTENSIONS } from "./links";

/** What the page has said to one tracker. Nothing is decided here; `consent.ts` reads it and decides. */
export interface Settings {
  trackerUrl: string;
  siteId: string;

  title: string;
  url: string;
  referrer: string;
  discardHash: boolean;
  userId: string;
  visitorId: string;
  domains: string[];

  objected: boolean;
  doNotTrack: boolean;
  consentRequired: boolean;
  consentGiven: boolean;
  cookiesDisabled: boolean;
  cookieConsentRequired: boolean;
  cookieConsentGiven: boolean;
  featuresDisabled: boolean;

  cookiePrefix: string;
  cookieDomain: string;
  cookiePath: string;
  cookieSecure: boolean;
  cookieSameSite: string;
  /** Seconds, where the page wants an item to live shorter than is declared. */
  lifetimes: { visitor?: number; visit?: number; referrer?: number };

  campaignsDisabled: boolean;
  firstReferrerCounts: boolean;
  performanceDisabled: boolean;

  beacon: boolean;
  method: string;

  linkClasses: string[];
  downloadClasses: string[];
  ignoreClasses: string[];
  downloadExtensions: string[];
}

export const settingsOf = (trackerUrl: string, siteId: string): Settings => ({
  trackerUrl,
  siteId,

  title: "",
  url: "",
  referrer: document.referrer,
  discardHash: false,
  userId: "",
  visitorId: "",
  domains: [location.hostname],

  objected: false,
  doNotTrack: false,
  consentRequired: false,
  consentGiven: false,
  cookiesDisabled: false,
  cookieConsentRequired: false,
  cookieConsentGiven: false,
  featuresDisabled: false,

  cookiePrefix: "_pk_",
  cookieDomain: "",
  cookiePath: "/",
  cookieSecure: false,
  cookieSameSite: "Lax",
  lifetimes: {},

  campaignsDisabled: false,
  firstReferrerCounts: false,
  performanceDisabled: false,

  beacon: true,
  method: "",

  linkClasses: ["matomo_link", "piwik_link"],
  downloadClasses: ["matomo_download", "piwik_download"],
  ignoreClasses: ["matomo_ignore", "piwik_ignore"],
  downloadExtensions: DOWNLOAD_EXTENSIONS,
});
