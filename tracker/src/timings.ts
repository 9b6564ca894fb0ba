/** The times that a page took, which are told once. */
import type { Parameters } from "./parameters";
import { isComplete, timingsOfPage } from "./performance";
import type { State } from "./state";

/** A page view tells what is known of its times; the first hit after all has loaded tells the rest, once. */
export const timingsDue = (state: State, isPageView: boolean): Parameters => {
  if (state.timed || state.disablePerformanceTracking) return {};
  const known = state.setPagePerformanceTiming ?? timingsOfPage();
  state.timed = state.setPagePerformanceTiming ? isPageView : isComplete(known);
  return isPageView || (state.timed && state.pageviews) ? known : {};
};
