/** What is read of the browser itself: only for sites that measure it, and only of visitors who may be measured. */
import type { State } from "./state";

const HINTS = ["model", "platform", "platformVersion", "fullVersionList", "formFactors"];

/** Asks the browser for client hints, once. */
export const hintsOf = (state: State): Promise<string> => (state.hints ??= ask());

const ask = async (): Promise<string> => {
  try {
    return JSON.stringify(await navigator.userAgentData?.getHighEntropyValues(HINTS)) ?? "";
  } catch {
    return ""; // The page's permissions policy forbids it.
  }
};

/** What is known without asking. Of the plug-ins of old, browsers still tell about PDF. */
export const features = (): Record<string, string | number> => ({
  pdf: navigator.pdfViewerEnabled ? 1 : 0,
  qt: 0,
  realp: 0,
  wma: 0,
  fla: 0,
  java: 0,
  ag: 0,
  cookie: navigator.cookieEnabled ? 1 : 0,
  res: `${screen.width}x${screen.height}`,
});
