import type { Delivery } from "../delivery";
import type { LinkKind } from "../links";
import { addressOf, characterSet, titleOf } from "../page";
import type { Parameters } from "../parameters";
import { isComplete, timingsOfPage, type Timings } from "../performance";
import { randomText } from "../random";
import type { Settings } from "../settings";
import type { Callback } from "../transport";

/** What visitors do. */
export function trackingMethods(settings: Settings, delivery: Delivery) {
  let pageviewId = "";
  let pageviews = 0;
  let timings: Timings | undefined;
  let timed = false;

  function track(parameters: Parameters, data?: unknown, callback?: Callback): void {
    const page: Parameters = {
      url: addressOf(settings),
      urlref: settings.referrer,
      uid: settings.userId,
      pv_id: pageviewId,
      cs: characterSet(),
      data: data ? JSON.stringify(data) : undefined,
    };
    delivery.track({ ...parameters, ...page, ...timingsDue("action_name" in parameters) }, callback);
  }

  /** A page view tells what is known of its times; the first hit after all has loaded tells the rest, once. */
  function timingsDue(isPageView: boolean): Timings {
    if (timed || settings.performanceDisabled) return {};
    const known = timings ?? timingsOfPage();
    timed = timings ? isPageView : isComplete(known);
    return isPageView || (timed && pageviews) ? known : {};
  }

  return {
    trackPageView(title?: string, data?: unknown, callback?: Callback) {
      pageviewId = randomText(6);
      pageviews++;
      track({ action_name: titleOf(settings, title) }, data, callback);
    },

    trackEvent(category: string, action: string, name?: string, value?: number, data?: unknown, callback?: Callback) {
      if (!text(category) || !text(action)) {
        console.error("Pellucid: an event needs a category and an action.");
        return false;
      }
      track({ e_c: text(category), e_a: text(action), e_n: text(name), e_v: number(value), ca: 1 }, data, callback);
      return true;
    },

    trackSiteSearch(keyword: string, category?: string, results?: number, data?: unknown) {
      track({ search: keyword, search_cat: text(category), search_count: number(results) }, data);
    },

    trackGoal(goal: number, revenue?: number, data?: unknown, callback?: Callback) {
      track({ idgoal: goal, revenue: revenue || undefined, ca: 1 }, data, callback);
    },

    trackLink(url: string, kind: LinkKind, data?: unknown, callback?: Callback) {
      track({ [kind]: settings.discardHash ? url.replace(/#.*/, "") : url, ca: 1 }, data, callback);
    },

    ping: () => track({ ping: 1 }),

    getNumTrackedPageViews: () => pageviews,
    getPageViewId: () => pageviewId,
    setPagePerformanceTiming(
      pf_net: number,
      pf_srv: number,
      pf_tfr: number,
      pf_dm1: number,
      pf_dm2: number,
      pf_onl: number,
    ) {
      timings = { pf_net, pf_srv, pf_tfr, pf_dm1, pf_dm2, pf_onl };
      timed = false;
    },
  };
}

/** Pages write `false` for what they do not tell. */
const text = (value: unknown): string => (value === false ? "" : String(value ?? "").trim());

const number = (value: unknown): number | undefined => (text(value) && isFinite(Number(value)) ? Number(value) : undefined);
