/** `window.Matomo`, by which scripts reach trackers other than through `_paq`. */
import { applyAll, arranged, type Command, type Queue } from "./queue";
import type { SiteRules } from "./site";
import { createTracker, type Tracker } from "./tracker";

export interface Namespace {
  initialized: boolean;
  getTracker(url?: string, siteId?: string | number): Tracker;
  getAsyncTrackers(): Tracker[];
  getAsyncTracker(url?: string, siteId?: string | number): Tracker | undefined;
  addTracker(url?: string, siteId?: string | number): Tracker;
}

export function createNamespace(rules: SiteRules): Namespace {
  const trackers: Tracker[] = [];

  function add(url?: string, siteId?: string | number): Tracker {
    const isFirst = !trackers.length;
    const tracker = createTracker(rules, add, url || trackers[0]?.getTrackerUrl(), siteId);
    trackers.push(tracker);
    if (isFirst) takeOver();
    return tracker;
  }

  /** Carries out what the page has queued, and from now on what it queues. */
  function takeOver(): void {
    const queued = Array.isArray(window._paq) ? (window._paq as Command[]) : [];
    const queue: Queue = { push: (...commands) => applyAll(commands, trackers) };
    window._paq = queue;
    applyAll(arranged(queued), trackers);
  }

  return {
    initialized: false,
    getTracker: (url, siteId) => createTracker(rules, add, url, siteId),
    getAsyncTrackers: () => trackers,
    getAsyncTracker: (url, siteId) =>
      url && siteId
        ? trackers.find((tracker) => tracker.getTrackerUrl() === url && tracker.getSiteId() === String(siteId))
        : trackers[0],
    addTracker: add,
  };
}
