import { offerOldNames } from "./legacy";
import { createNamespace } from "./namespace";

/** Takes over the page, once: a page may hold the snippet twice. */
if (!window.Matomo?.initialized) {
  const namespace = createNamespace(window.PellucidSites ?? {});
  window.Matomo = window.Piwik = namespace;
  offerOldNames(namespace);
  for (const initialisers of [window.matomoPluginAsyncInit, window.piwikAsyncInit, window.matomoAsyncInit]) {
    ([] as (Initialiser | undefined)[]).concat(initialisers).forEach((initialise) => initialise?.());
  }
  if (!namespace.getAsyncTrackers().length) namespace.addTracker();
  namespace.trigger("MatomoInitialized");
  namespace.initialized = true;
}
