/** The page's commands: which come first, and how one is carried out. */

export type Command = [method: string | ((...values: unknown[]) => unknown), ...values: unknown[]];
export type Queue = { push(...commands: Command[]): unknown };
export type Methods = Record<string, (...values: never[]) => unknown>;

/** Settings come before what they are for, in this order, wherever the page put them. */
export const FIRST = (
  "addTracker enableFileTracking forgetCookieConsentGiven requireCookieConsent disableBrowserFeatureDetection " +
  "disableCampaignParameters disableCookies setTrackerUrl setAPIUrl enableCrossDomainLinking " +
  "setCrossDomainLinkingTimeout setSessionCookieTimeout setVisitorCookieTimeout setCookieNamePrefix " +
  "setCookieSameSite setSecureCookie setCookiePath setCookieDomain setDomains setUserId setVisitorId setSiteId " +
  "alwaysUseSendBeacon disableAlwaysUseSendBeacon enableLinkTracking setCookieConsentGiven requireConsent " +
  "setConsentGiven disablePerformanceTracking setPagePerformanceTiming setExcludedQueryParams setExcludedReferrers"
).split(" ");

const MAY_REPEAT = ["addTracker", "enableLinkTracking"];
const OF_THE_FIRST_TRACKER = ["setTrackerUrl", "setSiteId"];

/** Returns the commands in the order they are carried out in. */
export function arranged(commands: readonly Command[]): Command[] {
  const named = (name: string) => commands.filter(([method]) => method === name);
  for (const name of FIRST) {
    if (named(name).length > 1 && !MAY_REPEAT.includes(name)) {
      console.error(`Pellucid: ${name} stands in _paq more than once; the last one counts.`);
    }
  }
  return [...FIRST.flatMap(named), ...commands.filter(([method]) => !FIRST.includes(method as string))];
}

/** Carries out one command on all trackers. A tracker that the command adds is not yet one of them. */
export function apply([method, ...values]: Command, trackers: readonly Methods[]): void {
  for (const tracker of method === "addTracker" ? trackers.slice(0, 1) : [...trackers]) {
    if (typeof method === "function") {
      method.apply(tracker, values);
    } else if (tracker === trackers[0] || !OF_THE_FIRST_TRACKER.includes(method)) {
      const call = tracker[method] as ((...values: unknown[]) => unknown) | undefined;
      if (!call) throw new TypeError(`Pellucid: a tracker has no method ${method}.`);
      call.apply(tracker, values);
    }
  }
}

/** Carries out commands: one that fails does not keep the others, which may hold an objection, from being heard. */
export function applyAll(commands: readonly Command[], trackers: readonly Methods[]): void {
  const errors: unknown[] = [];
  for (const command of commands) {
    try {
      apply(command, trackers);
    } catch (error) {
      console.error(error);
      errors.push(error);
    }
  }
  if (errors.length) throw errors[0];
}
