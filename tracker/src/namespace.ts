/** `window.Matomo`, by which scripts reach trackers other than through `_paq`. */
import { DOM, onLeaving } from "./dom";
import { openEvents, type Events } from "./events";
import { talkToFrame } from "./frame";
import { openPlugins, type Plugin } from "./plugins";
import { applyAll, arranged, type Command, type Missed, type Queue } from "./queue";
import type { SiteRules } from "./site";
import { stateOf, type Common } from "./state";
import { createTracker, type Tracker } from "./tracker";

type Id = string | number;

export interface Namespace extends Events {
  initialized?: boolean;
  readonly JSON: typeof JSON;
  readonly DOM: typeof DOM;
  addPlugin(name: string, plugin: Plugin): void;
  getTracker(url?: string, siteId?: Id): Tracker;
  getAsyncTrackers(): Tracker[];
  getAsyncTracker(url?: string, siteId?: Id): Tracker | undefined;
  addTracker(url?: string, siteId?: Id): Tracker;
  retryMissedPluginCalls(): void;
}

export const createNamespace = (rules: SiteRules): Namespace => {
  const trackers: Tracker[] = [];
  const events = openEvents();
  const plugins = openPlugins();
  const missed: Missed = [];
  const common: Common = { rules, plugins, asked: {} };
  const run = (commands: readonly Command[]) => applyAll(commands, trackers, namespace, missed);

  const create = (url = trackers[0]?.getTrackerUrl() ?? "", siteId: Id = trackers[0]?.getSiteId() ?? ""): Tracker => {
    const tracker = Object.assign(createTracker(stateOf(common, url, siteId)), { addTracker: add });
    events.trigger("TrackerSetup", [tracker]);
    return tracker;
  };

  const add = (url?: string, siteId?: Id): Tracker => {
    const isFirst = !trackers.length;
    const tracker = create(url, siteId);
    trackers.push(tracker);
    if (isFirst) takeOver();
    events.trigger("TrackerAdded", [tracker]);
    return tracker;
  };

  /** Carries out what the page has queued, and from now on what it queues. */
  const takeOver = (): void => {
    const queued = Array.isArray(window._paq) ? (window._paq as Command[]) : [];
    const queue: Queue = { push: (...commands) => run(commands) };
    window._paq = queue;
    run(arranged(queued));
  };

  const namespace: Namespace = {
    JSON,
    DOM,
    ...events,
    addPlugin: plugins.add,
    getTracker: create,
    getAsyncTrackers: () => trackers,
    getAsyncTracker: (url, siteId) =>
      trackers.find(
        (tracker) => (!url || tracker.getTrackerUrl() === url) && (!siteId || String(tracker.getSiteId()) === String(siteId)),
      ),
    addTracker: add,
    retryMissedPluginCalls: () => run(missed.splice(0)),
  };

  onLeaving(() => plugins.call("unload"));
  talkToFrame(trackers);
  return namespace;
};
