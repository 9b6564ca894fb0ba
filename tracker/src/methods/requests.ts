import { deliver, requestOf } from "../delivery";
import { onLeaving } from "../dom";
import { hitOf, track } from "../hits";
import { parametersOf, type Parameters } from "../parameters";
import type { State } from "../state";
import type { Callback } from "../transport";

const enum Wait {
  Shortest = 1000,
  Usual = 2500,
}

/** Requests that a script writes itself. They tell as much as any other, and leave if any other may. */
export const requestMethods = (state: State) => {
  let queued: Parameters[] = [];
  let wait: number = Wait.Usual;
  let timer = 0;

  const flush = (): void => {
    clearTimeout(timer);
    timer = 0;
    if (queued.length) void deliver(state, queued);
    queued = [];
  };

  onLeaving(flush);

  return {
    trackRequest: (request: string, data?: unknown, callback?: Callback, hook = "") =>
      track(state, parametersOf(request), hook, data, callback),
    getRequest: (request: string, data?: unknown, hook?: string) =>
      requestOf(state, hitOf(state, parametersOf(request), hook, data)),

    /** A full request is one that `getRequest` returned. */
    queueRequest(request: string, isFull = false) {
      queued.push(isFull ? parametersOf(request) : hitOf(state, parametersOf(request)));
      if (wait) timer ||= setTimeout(flush, wait);
      else flush();
    },
    disableQueueRequest() {
      wait = 0;
      flush();
    },
    setRequestQueueInterval(milliseconds: number) {
      if (milliseconds >= Wait.Shortest) wait = milliseconds;
    },
  };
};
