/** The map of one tracker: what it is made of, and the methods that pages know. */
import { openAttributions } from "./attribution";
import { openConsent } from "./consent";
import { openDelivery } from "./delivery";
import { openFeatures } from "./features";
import { configurationMethods } from "./methods/configuration";
import { consentMethods } from "./methods/consent";
import { cookieMethods } from "./methods/cookies";
import { linkMethods } from "./methods/links";
import { trackingMethods } from "./methods/tracking";
import { addressOf } from "./page";
import { settingsOf } from "./settings";
import type { SiteRules } from "./site";
import { openStorage } from "./storage";
import { openVisitors } from "./visitor";

export type Tracker = ReturnType<typeof createTracker>;

export function createTracker(
  rules: SiteRules,
  addTracker: (url?: string, siteId?: string | number) => unknown,
  url = "",
  siteId: string | number = "",
) {
  const settings = settingsOf(url, String(siteId));
  const storage = openStorage(settings);
  const consent = openConsent(settings, storage, rules);
  const visitors = openVisitors(settings, storage);
  const attributions = openAttributions(settings, storage, () => addressOf(settings));
  const features = openFeatures();
  const delivery = openDelivery({ settings, storage, consent, visitors, attributions, features });
  const tracking = trackingMethods(settings, delivery);

  return {
    addTracker,
    ...configurationMethods(settings),
    ...cookieMethods(settings, storage, consent, visitors),
    ...consentMethods(settings, storage, consent, delivery, tracking.ping),
    ...tracking,
    ...linkMethods(settings, tracking.trackLink),
  };
}
