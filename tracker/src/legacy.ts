/** Names by which older pages reach a tracker, and those of module loaders. */
import type { LinkKind } from "./links";
import type { Namespace } from "./namespace";

type Define = { (name: string, needs: string[], module: () => Namespace): void; amd?: unknown };
type Old = Record<string, unknown> & { define?: Define };
type Id = string | number;

export const offerOldNames = (namespace: Namespace): void => {
  const page = window as unknown as Old;
  page["AnalyticsTracker"] ??= namespace;
  page["piwik_log"] ??= (title: string, siteId: Id, url: string, data?: unknown) => {
    const tracker = namespace.getTracker(url, siteId);
    const set = <Value>(option: string, method: (value: Value) => void) =>
      page[option] && method(page[option] as Value);
    tracker.setDocumentTitle(title);
    tracker.setCustomData(data);
    set("piwik_tracker_pause", tracker.setLinkTrackingTimer);
    set("piwik_download_extensions", tracker.setDownloadExtensions);
    set("piwik_hosts_alias", tracker.setDomains);
    set("piwik_ignore_classes", tracker.setIgnoreClasses);
    set("piwik_install_tracker", tracker.enableLinkTracking);
    tracker.trackPageView();
    page["piwik_track"] = (link: string, site: Id, to: string, kind: LinkKind) =>
      namespace.getTracker(to, site).trackLink(link, kind);
  };
  if (page.define?.amd) for (const name of ["piwik", "matomo"]) page.define(name, [], () => namespace);
};
