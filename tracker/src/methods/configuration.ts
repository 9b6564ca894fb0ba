import { miss } from "../complaint";
import { isHostOf, list } from "../hosts";
import { text } from "../parameters";
import { serverOf } from "../server";
import type { State } from "../state";

/** Where the site is, how requests leave, and what the page says besides. */
export const configurationMethods = (state: State) => {
  const getMatomoUrl = () => state.setAPIUrl ?? serverOf(state.setTrackerUrl);

  return {
    getMatomoUrl,
    getPiwikUrl: getMatomoUrl,

    /** The page's own host is always one of its site's. */
    setDomains(domains: string | string[]) {
      const named = list(domains);
      const here = named.some((domain) => isHostOf(location.hostname, domain));
      state.setDomains = here ? named : [...named, location.hostname];
    },

    enableBrowserFeatureDetection: () => void (state.disableBrowserFeatureDetection = false),
    setGenerationTimeMs: () => miss("setGenerationTimeMs"),

    disableAlwaysUseSendBeacon: () => void (state.alwaysUseSendBeacon = false),
    isUsingAlwaysUseSendBeacon: () => state.alwaysUseSendBeacon && state.setRequestMethod !== "GET",
    resetUserId: () => void (state.setUserId = ""),
    setCustomData(data: unknown, value?: unknown) {
      state.setCustomData = typeof data === "string" ? { ...(state.setCustomData as object), [data]: value } : data;
    },
    setCustomDimension: (id: number, value: unknown) => void (state.dimensions[`dimension${id}`] = text(value)),
    getCustomDimension: (id: number) => state.dimensions[`dimension${id}`],
    deleteCustomDimension: (id: number) => void delete state.dimensions[`dimension${id}`],

    /** Shows the page by itself, where another one shows it in a frame. */
    killFrame() {
      if (top && top !== window) top.location.href = location.href;
    },
    redirectFile(url: string) {
      if (location.protocol === "file:") location.href = url;
    },
  };
};

