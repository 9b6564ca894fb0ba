/**
 * The only code that keeps anything in a browser. What is not in `storage.json` can not be set; a test holds that table
 * against the server's `policy/storage.py`. No localStorage, no sessionStorage, no test cookies.
 */
import { sha1 } from "./sha1";
import type { Settings } from "./settings";
import table from "./storage.json";

/** What Matomo's trackers called the cookies that know a visitor. */
const KINDS = ["id", "ses", "ref", "cvar", "hsr"];

export type Item = keyof typeof table;

export const lifetimeOf = (item: Item): number => table[item].seconds;

/** Returns an item's name in the browser. It holds where the cookie is valid, so that two such cookies never meet. */
export const nameOf = (item: Item, settings: Settings, host: string): string =>
  table[item].name
    .replace("_pk_", settings.cookiePrefix)
    .replace("<site>", settings.siteId)
    .replace("<hash>", sha1((settings.cookieDomain || host) + (settings.cookiePath || "/")).slice(0, 4));

export interface Storage {
  /** Returns an item's value, empty if there is none. */
  read(item: Item): string;
  /** Keeps an item for the given seconds, never longer than its declared lifetime. */
  write(item: Item, value: string, seconds?: number): void;
  remove(item: Item): void;
  /** Removes all that recognises the visitor on this site, whoever set it: also what an earlier tracker left. */
  forgetVisitor(): void;
}

export function openStorage(settings: Settings): Storage {
  const name = (item: Item) => nameOf(item, settings, location.hostname);

  const all = () =>
    document.cookie.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    });

  function set(cookie: string, value: string, seconds: number, domain: string, path: string): void {
    const { cookieSameSite, cookieSecure } = settings;
    document.cookie =
      `${cookie}=${encodeURIComponent(value)};max-age=${seconds};path=${path || "/"};SameSite=${cookieSameSite}` +
      (domain && `;domain=${domain}`) +
      (cookieSecure || cookieSameSite === "None" ? ";secure" : "");
  }

  /** A browser removes only a cookie of the same domain and path, and does not tell which those are. */
  function removeNamed(cookie: string): void {
    const labels = location.hostname.split(".");
    const domains = ["", settings.cookieDomain, ...labels.map((_, i) => labels.slice(i).join("."))];
    for (const domain of domains) {
      for (const path of ["/", settings.cookiePath]) set(cookie, "", 0, domain, path);
    }
  }

  return {
    read(item) {
      const found = all().find(([cookie]) => cookie === name(item));
      try {
        return found ? decodeURIComponent(found[1]) : "";
      } catch {
        return ""; // Not written by a tracker.
      }
    },
    write(item, value, seconds = lifetimeOf(item)) {
      // An objection is one to the whole site, whatever part of it the page is.
      const path = item === "objection" ? "/" : settings.cookiePath;
      const lifetime = Math.min(seconds, lifetimeOf(item));
      set(name(item), value, lifetime, settings.cookieDomain, path);
      // A browser refuses a domain that the page is not in. A visitor's choice must not be lost to that.
      if (settings.cookieDomain && this.read(item) !== value) set(name(item), value, lifetime, "", path);
    },
    remove(item) {
      if (all().some(([cookie]) => cookie === name(item))) removeNamed(name(item));
    },
    forgetVisitor() {
      for (const [cookie] of all()) {
        const [start, site] = cookie.split(".");
        if (site === settings.siteId && KINDS.some((kind) => start === settings.cookiePrefix + kind)) removeNamed(cookie);
      }
    },
  };
}
