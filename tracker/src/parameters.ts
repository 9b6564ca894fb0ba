/** The words of the tracking API: https://developer.matomo.org/api-reference/tracking-api */

/** Pages write `false` for what they do not tell. */
export type Parameters = Record<string, string | number | false | null | undefined>;

/** Returns a query string; what has no value is left out. */
export const queryOf = (parameters: Parameters): string =>
  `${new URLSearchParams(Object.entries(parameters).filter(([, value]) => text(value)) as [string, string][])}`;

/** Returns the parameters of a query string; of those that stand twice, the last counts. */
export const parametersOf = (query: string): Parameters => Object.fromEntries(new URLSearchParams(query));

/** Returns what every request has: which site, when by the visitor's clock, and a number that no cache has seen. */
export const always = (siteId: string | number, now: Date): Parameters => ({
  idsite: siteId,
  rec: 1,
  r: String(Math.random()).slice(2, 8),
  h: now.getHours(),
  m: now.getMinutes(),
  s: now.getSeconds(),
  send_image: 0,
});

export const text = (value: unknown): string => (value === false ? "" : String(value ?? "").trim());

/** Returns what a text holds, or nothing if it is no JSON. */
export const parsedJson = (text: unknown): object => {
  try {
    return Object(JSON.parse(text as string)) as object;
  } catch {
    return {};
  }
};

/** Returns data as text, or nothing if it is an empty table. */
export const json = (data: unknown, replacer?: (name: string, value: unknown) => unknown): string =>
  (JSON.stringify(data, replacer) ?? "").replace(/^{}$/, "");
