// What a page would have that tracks with the npm package @jonkoops/matomo-tracker.
import MatomoTracker from "@jonkoops/matomo-tracker";

const matomo = new MatomoTracker({ urlBase: window.server, siteId: 1, userId: "reader" });

matomo.trackPageView({ documentTitle: "A story", customDimensions: [{ id: 1, value: "long" }] });
matomo.trackEvent({ category: "Film", action: "play", name: "Trailer", value: 7 });
matomo.trackSiteSearch({ keyword: "shoes", category: "all", count: 3 });
matomo.trackLink({ href: "http://elsewhere.example/" });
