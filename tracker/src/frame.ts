/**
 * The talk with the opt-out page that this page shows in a frame: the choice made there is kept here too. Only the
 * tracker's own server is listened to.
 */
import { listen } from "./dom";
import { parsed } from "./hosts";
import { parsedJson } from "./parameters";
import type { Tracker } from "./tracker";

interface Said {
  maq_initial_value?: unknown;
  maq_opted_in?: unknown;
}

export const talkToFrame = (trackers: readonly Tracker[]): void => {
  listen(window, "message", ({ data, origin, source }: MessageEvent) => {
    const tracker = trackers.find((one) => parsed(one.getTrackerUrl(), location.href)?.origin === origin);
    const { maq_initial_value: initial, maq_opted_in: choice } = parsedJson(data) as Said;
    if (!tracker || (initial ?? choice) === undefined) return;
    for (const one of trackers) {
      if (choice === false) one.optUserOut();
      // Who takes an objection back has not consented yet.
      if (choice === true) one.forgetUserOptOut();
    }
    const state = {
      [choice === undefined ? "maq_opted_in" : "maq_confirm_opted_in"]: !!(choice ?? initial) && tracker.hasConsent(),
      maq_url: tracker.getMatomoUrl(),
      maq_optout_by_default: tracker.isConsentRequired(),
    };
    source?.postMessage(JSON.stringify(state), { targetOrigin: origin });
  });
};
