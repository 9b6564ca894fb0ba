/** The map of one tracker: the methods that pages know, by what they are about. */
import { attributionMethods } from "./methods/attribution";
import { configurationMethods } from "./methods/configuration";
import { consentMethods } from "./methods/consent";
import { contentMethods } from "./methods/content";
import { cookieMethods } from "./methods/cookies";
import { crossDomainMethods } from "./methods/crossdomain";
import { ecommerceMethods } from "./methods/ecommerce";
import { errorMethods } from "./methods/errors";
import { heartbeatMethods } from "./methods/heartbeat";
import { linkMethods } from "./methods/links";
import { requestMethods } from "./methods/requests";
import { settingMethods } from "./methods/settings";
import { trackingMethods } from "./methods/tracking";
import { variableMethods } from "./methods/variables";
import type { State } from "./state";

export type Tracker = ReturnType<typeof createTracker>;

export const createTracker = (state: State) => {
  const tracking = trackingMethods(state);
  const { ping, trackEvent, trackLink } = tracking;

  const tracker = {
    addPlugin: state.plugins.add,
    ...settingMethods(state),
    ...configurationMethods(state),
    ...cookieMethods(state),
    ...consentMethods(state, ping),
    ...tracking,
    ...requestMethods(state),
    ...linkMethods(state, trackLink),
    ...attributionMethods(state),
    ...crossDomainMethods(state),
    ...contentMethods(state),
    ...ecommerceMethods(state),
    ...variableMethods(state),
    ...heartbeatMethods(state, ping),
    ...errorMethods(trackEvent),
  };
  state.api = tracker;
  return tracker;
};
