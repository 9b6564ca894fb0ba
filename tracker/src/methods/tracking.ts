import { addressOf, told } from "../address";
import { miss } from "../complaint";
import { track } from "../hits";
import type { LinkKind } from "../links";
import { text } from "../parameters";
import { named } from "../performance";
import { randomDigits } from "../random";
import type { State } from "../state";
import type { Callback } from "../transport";

/** What visitors do. */
export const trackingMethods = (state: State) => ({
  trackPageView(title?: string, data?: unknown, callback?: Callback) {
    state.pageview = state.setPageViewId ?? randomDigits().slice(0, 6);
    state.pageviews++;
    track(state, { action_name: text(title || state.setDocumentTitle || document.title), ...state.setEcommerceView }, "log", data, callback);
    delete state.setEcommerceView;
  },

  trackEvent(category: string, action: string, name?: string | false, value?: number | false, data?: unknown, callback?: Callback) {
    if (!text(category) || !text(action)) {
      miss("category, action");
      return false;
    }
    track(state, { e_c: category, e_a: action, e_n: name, e_v: isFinite(value as number) && value, ca: 1 }, "event", data, callback);
    return true;
  },

  trackSiteSearch(keyword: string, category?: string | false, results?: number | false, data?: unknown) {
    track(state, { search: keyword, search_cat: category, search_count: results }, "sitesearch", data);
  },

  trackGoal(goal: number, revenue?: number, data?: unknown, callback?: Callback) {
    track(state, { idgoal: goal, revenue: revenue || undefined }, "goal", data, callback);
  },

  trackLink(url: string, kind: LinkKind, data?: unknown, callback?: Callback) {
    track(state, { [kind]: told(url, state), ca: 1 }, "link", data, callback);
  },

  ping: () => track(state, { ping: 1 }, "ping"),

  getCurrentUrl: () => addressOf(state),
  getNumTrackedPageViews: () => state.pageviews,
  getPageViewId: () => state.pageview,
  setPagePerformanceTiming(...times: number[]) {
    state.setPagePerformanceTiming = named(times);
    state.timed = false;
  },
});
