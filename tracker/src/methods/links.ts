import { listen } from "../clicks";
import type { LinkKind } from "../links";
import type { Settings } from "../settings";

type List = string | string[];

/** Which links are followed. */
export function linkMethods(settings: Settings, trackLink: (url: string, kind: LinkKind) => void) {
  let listening = false;
  const classes = (named: List) => ([] as string[]).concat(named);
  const extensions = (named: List) => (Array.isArray(named) ? named : named.split("|"));

  return {
    enableLinkTracking(every = false) {
      if (listening) return;
      listening = true;
      listen(document, every, settings, trackLink);
    },
    addListener: (element: EventTarget, every = false) => listen(element, every, settings, trackLink),

    setLinkClasses: (named: List) => void (settings.linkClasses = [...settings.linkClasses, ...classes(named)]),
    setDownloadClasses: (named: List) =>
      void (settings.downloadClasses = [...settings.downloadClasses, ...classes(named)]),
    setIgnoreClasses: (named: List) => void (settings.ignoreClasses = [...settings.ignoreClasses, ...classes(named)]),

    setDownloadExtensions: (named: List) => void (settings.downloadExtensions = extensions(named)),
    addDownloadExtensions: (named: List) =>
      void (settings.downloadExtensions = [...settings.downloadExtensions, ...extensions(named)]),
    removeDownloadExtensions: (named: List) =>
      void (settings.downloadExtensions = settings.downloadExtensions.filter((one) => !extensions(named).includes(one))),
  };
}
