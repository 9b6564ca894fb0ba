import { expect, test } from "vitest";
import { isComplete, timingsOf } from "../src/performance";

const TIMES = {
  fetchStart: 5,
  connectEnd: 25.4,
  requestStart: 26,
  responseStart: 126,
  responseEnd: 156,
  domInteractive: 356,
  domComplete: 756,
  loadEventStart: 757,
  loadEventEnd: 767,
};

test("a loaded page has six times", () => {
  const timings = timingsOf(TIMES);

  expect(timings).toEqual({ pf_net: 20, pf_srv: 100, pf_tfr: 30, pf_dm1: 200, pf_dm2: 400, pf_onl: 10 });
  expect(isComplete(timings)).toBe(true);
});

test("what has not happened yet is not told", () => {
  const timings = timingsOf({ ...TIMES, domComplete: 0, loadEventStart: 0, loadEventEnd: 0 });

  expect(timings).toEqual({ pf_net: 20, pf_srv: 100, pf_tfr: 30, pf_dm1: 200 });
  expect(isComplete(timings)).toBe(false);
});
