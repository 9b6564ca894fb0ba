/** What is read of the browser itself: only for sites that measure it, and only of visitors who may be measured. */

/** The plug-ins of old; of them browsers still tell about PDF. */
const plugins = () => ({
  pdf: navigator.pdfViewerEnabled ? 1 : 0,
  qt: 0,
  realp: 0,
  wma: 0,
  fla: 0,
  java: 0,
  ag: 0,
});

const HINTS = ["model", "platform", "platformVersion", "fullVersionList", "formFactors"];

export interface Features {
  /** Asks the browser for client hints, once, and waits for them. */
  ready(): Promise<void>;
  parameters(): Record<string, string | number>;
}

export function openFeatures(): Features {
  let hints = "";
  let asked: Promise<void> | undefined;

  async function ask(): Promise<void> {
    try {
      const told = await navigator.userAgentData?.getHighEntropyValues(HINTS);
      if (told) hints = JSON.stringify(told);
    } catch {
      // The page's permissions policy forbids it.
    }
  }

  return {
    ready: () => (asked ??= ask()),
    parameters: () => ({
      uadata: hints,
      ...plugins(),
      cookie: navigator.cookieEnabled ? 1 : 0,
      res: `${screen.width}x${screen.height}`,
    }),
  };
}
