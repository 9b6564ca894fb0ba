import { createNamespace } from "./namespace";

/** Takes over the page, once: a page may hold the snippet twice. */
function start(): void {
  if (window.Matomo?.initialized) return;
  const namespace = createNamespace(window.PellucidSites ?? {});
  window.Matomo = window.Piwik = namespace;
  namespace.initialized = true;
  for (const initialisers of [window.matomoAsyncInit, window.piwikAsyncInit]) {
    ([] as (Initialiser | undefined)[]).concat(initialisers).forEach((initialise) => initialise?.());
  }
  if (!namespace.getAsyncTrackers().length) namespace.addTracker();
}

start();
