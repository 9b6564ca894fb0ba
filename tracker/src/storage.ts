/**
 * The only code that keeps anything in a browser. What is not in `storage.json` can not be set; a test holds that table
 * against the server's `policy/storage.py`. No localStorage, no sessionStorage, no test cookies.
 */
import { sha1 } from "./sha1";
import type { Settings } from "./settings";
import { rule } from "./site";
import type { State } from "./state";
import table from "./storage.json";

/** What Matomo's trackers called the cookies that know a visitor. */
const KINDS = ["id", "ses", "ref", "cvar", "hsr"];

export type Item = keyof typeof table;

/** Returns the longest life of an item in seconds; that of consent is the site's to settle. */
export const lifetimeOf = (item: Item, state?: State): number =>
  (/sent/.test(item) && rule(state!).days! * 86400) || table[item].seconds;

/** Returns the item that Matomo calls by this short name, if it is one that may be kept. */
export const itemOf = (kind: string): Item | undefined =>
  (Object.keys(table) as Item[]).find((item) => table[item].name.startsWith(`_pk_${kind}.`));

/** Returns an item's name in the browser. It holds where the cookie is valid, so that two such cookies never meet. */
export const nameOf = (settings: Settings, item: Item): string =>
  table[item].name
    .replace("_pk_", settings.setCookieNamePrefix)
    .replace("<site>", `${settings.setSiteId}`)
    .replace("<hash>", sha1((settings.setCookieDomain || location.hostname) + (settings.setCookiePath || "/")).slice(0, 4));

/** Returns an item's value, empty if there is none. */
export const read = (settings: Settings, item: Item): string => {
  try {
    return decodeURIComponent(all()[nameOf(settings, item)] ?? "");
  } catch {
    return ""; // Not written by a tracker.
  }
};

/** Keeps an item for the given seconds, never longer than its declared lifetime. */
export const write = (settings: State, item: Item, value: string, seconds = Infinity): void => {
  const { setCookieDomain, setCookiePath } = settings;
  const keep = (domain: string) =>
    // An objection is one to the whole site, whatever part of it the page is.
    set(settings, nameOf(settings, item), value, Math.min(seconds, lifetimeOf(item, settings)), domain, item === "objection" ? "" : setCookiePath);
  keep(setCookieDomain);
  // A browser refuses a domain that the page is not in. A visitor's choice must not be lost to that.
  if (setCookieDomain && read(settings, item) !== value) keep("");
};

/**
 * Keeps an objection anew, or one that was `said` now: browsers forget a cookie after 400 days, and some after 7 what a
 * script has set. What the server has set anew within the day, with the time of that in seconds, is therefore left as it
 * is. A server sees of a cookie what it holds alone, so that this says for which domain it is, behind a dot: a domain may
 * begin with digits, too.
 */
export const renew = (settings: State, said?: number): void => {
  said = parseInt(read(settings, "objection")) || said;
  if (Math.abs(said! - Date.now() / 1000) > 86400)
    write(settings, "objection", [said, settings.setCookieDomain].filter(Boolean).join("."));
};

export const remove = (settings: Settings, item: Item): void => {
  removeAll(settings, (name) => name === nameOf(settings, item));
};

/** Removes all that recognises the visitor on this site, whoever set it: also what an earlier tracker left. */
export const forgetVisitor = (settings: Settings): void => {
  removeAll(settings, (name) =>
    KINDS.some((kind) => name.startsWith(`${settings.setCookieNamePrefix + kind}.${settings.setSiteId}.`)),
  );
};

/** Returns all values by name; of two cookies of one name a browser tells the one for a part of the site first. */
const all = (): Record<string, string> =>
  Object.fromEntries(document.cookie.split("; ").map((pair) => pair.split(/=(.*)/s)).reverse());

const set = (settings: Settings, cookie: string, value: string, seconds: number, domain: string, path: string): void => {
  // Without https browsers refuse what is for https alone: no objection is lost to that, and no cookie stays for it.
  const isPlain = location.protocol === "http:" && (!value || cookie === table.objection.name);
  const sameSite = isPlain ? "Lax" : settings.setCookieSameSite;
  document.cookie =
    `${cookie}=${encodeURIComponent(value)};max-age=${seconds};path=${path || "/"};SameSite=${sameSite}` +
    (domain && `;domain=${domain}`) +
    ((settings.setSecureCookie && !isPlain) || /none/i.test(sameSite) ? ";secure" : "");
};

/** A browser removes only a cookie of the same domain and path, and does not tell which those are. */
const removeAll = (settings: Settings, isMeant: (name: string) => boolean): void => {
  const labels = location.hostname.split(".");
  const parts = location.pathname.split("/");
  const paths = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
  for (const cookie of Object.keys(all()).filter(isMeant)) {
    for (const domain of ["", settings.setCookieDomain, ...labels.map((_, i) => labels.slice(i).join("."))]) {
      for (const path of [settings.setCookiePath, ...paths, ...paths.map((path) => `${path}/`)])
        set(settings, cookie, "", 0, domain, path);
    }
  }
};
