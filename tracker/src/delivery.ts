/**
 * From a hit to a request. Every hit asks for the visitor's choice at the moment it would leave: after all commands that
 * the page gave with it, so that their order does not matter, and again after each wait.
 */
import { NOWHERE, type Attributions } from "./attribution";
import { Choice } from "./choice";
import type { Consent } from "./consent";
import type { Features } from "./features";
import { always, queryOf, type Parameters } from "./parameters";
import type { Settings } from "./settings";
import type { Storage } from "./storage";
import { send, type Callback } from "./transport";
import type { Visitors } from "./visitor";

export interface Delivery {
  /** Takes a hit as it is now; what recognises the visitor is added when it leaves. */
  track(parameters: Parameters, callback?: Callback): void;
  /** Tries again what has waited for consent. */
  resume(): void;
  drop(): void;
  hasSent(): boolean;
}

interface Parts {
  readonly settings: Settings;
  readonly storage: Storage;
  readonly consent: Consent;
  readonly visitors: Visitors;
  readonly attributions: Attributions;
  readonly features: Features;
}

interface Hit {
  readonly parameters: Parameters;
  readonly callback: Callback | undefined;
}

export function openDelivery({ settings, storage, consent, visitors, attributions, features }: Parts): Delivery {
  let waiting: Hit[] = [];
  let sent = false;

  async function deliver(hit: Hit): Promise<void> {
    await shown();
    if (consent.choice() === Choice.Allowed && consent.featuresAllowed()) await features.ready();
    switch (consent.choice()) {
      case Choice.Allowed:
        leave(hit);
        break;
      case Choice.Waiting:
        storage.forgetVisitor();
        waiting.push(hit);
        break;
      case Choice.Refused:
        storage.forgetVisitor();
        renewObjection();
    }
  }

  function leave({ parameters, callback }: Hit): void {
    if (!settings.trackerUrl || !settings.siteId) return;
    const request = queryOf({ ...parameters, ...ofTheVisitor() });
    sent = true;
    send(settings.trackerUrl, request, settings, callback);
  }

  function ofTheVisitor(): Parameters {
    const cookies = consent.cookiesAllowed();
    if (!cookies) storage.forgetVisitor();
    const visitor = cookies || settings.visitorId ? visitors.current() : undefined;
    const [campaign, keyword, time, referrer] = settings.campaignsDisabled ? NOWHERE : attributions.current();
    if (cookies) {
      attributions.keep();
      visitors.keep();
    }
    return {
      _id: visitor?.id,
      _idn: !visitor || visitor.isNew ? 1 : 0,
      _rcn: campaign,
      _rck: keyword,
      _refts: time || undefined,
      _ref: referrer,
      ...(consent.featuresAllowed() && features.parameters()),
      consent: consent.decisive() ? 1 : undefined,
    };
  }

  /** Browsers forget a cookie after 400 days; the visitor did not take the objection back. */
  function renewObjection(): void {
    const since = storage.read("objection");
    if (since) storage.write("objection", since);
  }

  return {
    track(parameters, callback) {
      void deliver({ parameters: { ...always(settings.siteId, new Date()), ...parameters }, callback });
    },
    resume() {
      const hits = waiting;
      waiting = [];
      hits.forEach((hit) => void deliver(hit));
    },
    drop() {
      waiting = [];
    },
    hasSent: () => sent,
  };
}

/** Waits until a page that the browser loaded ahead is looked at; most never are. */
const shown = (): Promise<unknown> | undefined =>
  document.prerendering
    ? new Promise((looked) => document.addEventListener("prerenderingchange", looked, { once: true }))
    : undefined;
