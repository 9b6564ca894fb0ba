/** What pages say of a tracker before they use it. */

/** Settings come before what they are for, in this order, wherever the page put them. */
export const FIRST = (
  "addTracker enableFileTracking forgetCookieConsentGiven requireCookieConsent disableBrowserFeatureDetection " +
  "disableCampaignParameters disableCookies setTrackerUrl setAPIUrl enableCrossDomainLinking " +
  "setCrossDomainLinkingTimeout setSessionCookieTimeout setVisitorCookieTimeout setCookieNamePrefix " +
  "setCookieSameSite setSecureCookie setCookiePath setCookieDomain setDomains setUserId setVisitorId setSiteId " +
  "alwaysUseSendBeacon disableAlwaysUseSendBeacon enableLinkTracking setCookieConsentGiven requireConsent " +
  "setConsentGiven disablePerformanceTracking setPagePerformanceTiming setExcludedQueryParams setExcludedReferrers"
).split(" ");

/** Settings that count for what comes after them. */
export const LATER = (
  "appendToTrackingUrl discardHashTag setCampaignKeywordKey setCampaignNameKey " +
  "setConversionAttributionFirstReferrer setCountPreRendered setCustomData setCustomRequestProcessing setCustomUrl " +
  "setDoNotTrack setDocumentTitle setDownloadExtensions setIgnoreCampaignAttributionForSources " +
  "setIgnoreCampaignsForReferrers setLinkTrackingTimer setPageViewId setReferralCookieTimeout " +
  "setReferralUrlMaxLength setReferrerUrl setRequestContentType setRequestMethod storeCustomVariablesInCookie"
).split(" ");
