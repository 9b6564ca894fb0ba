/** What the browser says of all sites. */

/** Whether it says that it objects. */
export const objects = (gpc: unknown, dnt: unknown): unknown =>
  (gpc && navigator.globalPrivacyControl) || (dnt && /^(1|yes)$/.test(`${navigator.doNotTrack ?? window.doNotTrack}`));
