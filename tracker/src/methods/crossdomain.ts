import { linkOf, listenForLinks } from "../clicks";
import { extendLink, linkParameter } from "../crossdomain";
import type { State } from "../state";
import { seconds, visitorOf } from "../visitor";

/** Visitors who go from one host of the site to another. */
export const crossDomainMethods = (state: State) => {
  const getCrossDomainLinkingUrlParameter = () => linkParameter(state, visitorOf(state)[0], seconds());
  const look = (event: Event) => extendLink(state, linkOf(event), getCrossDomainLinkingUrlParameter());

  return {
    enableCrossDomainLinking() {
      state.enableCrossDomainLinking = true;
      listenForLinks(document, true, look);
    },
    disableCrossDomainLinking: () => void (state.enableCrossDomainLinking = false),
    isCrossDomainLinkingEnabled: () => !!state.enableCrossDomainLinking,
    getCrossDomainLinkingUrlParameter,
  };
};
