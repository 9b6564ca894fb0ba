/** How long the page took, in Matomo's six parts. */

export type Timings = Record<string, number>;

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

/** Returns the parts whose end has come; a browser says 0 of what has not happened. */
export function timingsOf(times: Times): Timings {
  const parts: Record<string, [number, number]> = {
    pf_net: [times.fetchStart, times.connectEnd],
    pf_srv: [times.requestStart, times.responseStart],
    pf_tfr: [times.responseStart, times.responseEnd],
    pf_dm1: [times.responseEnd, times.domInteractive],
    pf_dm2: [times.domInteractive, times.domComplete],
    pf_onl: [times.loadEventStart, times.loadEventEnd],
  };
  const timings: Timings = {};
  for (const [name, [start, end]] of Object.entries(parts)) {
    if (end > 0 && end >= start) timings[name] = Math.round(end - start);
  }
  return timings;
}

/** Whether the last part has ended. */
export const isComplete = (timings: Timings): boolean => "pf_onl" in timings;

export function timingsOfPage(): Timings {
  const [times] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return times ? timingsOf(times) : {};
}
