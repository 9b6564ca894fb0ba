/** The words of the tracking API: https://developer.matomo.org/api-reference/tracking-api */

export type Parameters = Record<string, string | number | undefined>;

/** Returns a query string; what has no value is left out. */
export const queryOf = (parameters: Parameters): string =>
  Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(String(value)))}`)
    .join("&");

/** Half of a character, as a cut title may end with, can not be encoded. */
const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd");

/** Returns what every request has: which site, when by the visitor's clock, and a number that no cache has seen. */
export const always = (siteId: string, now: Date): Parameters => ({
  idsite: siteId,
  rec: 1,
  r: String(Math.random()).slice(2, 8),
  h: now.getHours(),
  m: now.getMinutes(),
  s: now.getSeconds(),
  send_image: 0,
});
