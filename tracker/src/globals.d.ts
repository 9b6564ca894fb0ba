/** What browsers have and TypeScript's library does not know yet, and what the served file says before this one. */

interface Navigator {
  readonly globalPrivacyControl?: boolean;
  readonly userAgentData?: { getHighEntropyValues(names: string[]): Promise<Record<string, unknown>> };
}

interface Document {
  readonly prerendering?: boolean;
}

interface Window {
  readonly doNotTrack?: string;
  readonly PellucidSites?: import("./site").SiteRules;
  _paq?: import("./queue").Queue;
  Matomo?: import("./namespace").Namespace;
  Piwik?: import("./namespace").Namespace;
  readonly matomoPluginAsyncInit?: Initialiser | Initialiser[];
  matomoAsyncInit?: Initialiser | Initialiser[];
  piwikAsyncInit?: Initialiser | Initialiser[];
}

type Initialiser = () => void;
