/** How long the page took, in Matomo's six parts. */
import type { Parameters } from "./parameters";

const NAMES = ["pf_net", "pf_srv", "pf_tfr", "pf_dm1", "pf_dm2", "pf_onl"];

type Times = Pick<
  PerformanceNavigationTiming,
  | "fetchStart"
  | "connectEnd"
  | "requestStart"
  | "responseStart"
  | "responseEnd"
  | "domInteractive"
  | "domComplete"
  | "loadEventStart"
  | "loadEventEnd"
>;

export const named = (times: readonly (number | undefined)[]): Parameters =>
  Object.fromEntries(NAMES.map((name, i) => [name, times[i]]));

/** Returns the parts whose end has come; a browser says 0 of what has not happened. */
export const timingsOf = (times: Times): Parameters =>
  named(
    [
      times.connectEnd - times.fetchStart,
      times.responseStart - times.requestStart,
      times.responseEnd - times.responseStart,
      times.domInteractive - times.responseEnd,
      times.domComplete - times.domInteractive,
      (times.loadEventEnd || -1) - times.loadEventStart,
    ].map((time) => (time < 0 ? undefined : Math.round(time))),
  );

/** Whether the last part has ended. */
export const isComplete = (timings: Parameters): boolean => timings["pf_onl"] !== undefined;

export const timingsOfPage = (): Parameters => {
  const [times] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return times ? timingsOf(times) : {};
};
