import { follower, listenForLinks } from "../clicks";
import { list } from "../hosts";
import type { LinkKind } from "../links";
import type { State } from "../state";

type List = string | string[];
type Lists = "removedExtensions" | "setDownloadClasses" | "setDownloadExtensions" | "setIgnoreClasses" | "setLinkClasses";

/** Which links are followed. */
export const linkMethods = (state: State, trackLink: (url: string, kind: LinkKind) => void) => {
  const look = follower(state, trackLink);
  const add = (key: Lists) => (named: List) => void (state[key] = [...list(state[key]), ...list(named)]);

  return {
    enableLinkTracking: (every = false) => listenForLinks(document, every, look),
    addListener: (element: EventTarget, every = false) => listenForLinks(element, every, look),

    setLinkClasses: add("setLinkClasses"),
    setDownloadClasses: add("setDownloadClasses"),
    setIgnoreClasses: add("setIgnoreClasses"),
    addDownloadExtensions: add("setDownloadExtensions"),
    removeDownloadExtensions: add("removedExtensions"),
  };
};
