/** Which links lead away from the site, and which to a file. */
import { isOwn, list } from "./hosts";
import type { Settings } from "./settings";

export type LinkKind = "link" | "download";

export type LinkRules = Pick<
  Settings,
  | "removedExtensions"
  | "setDomains"
  | "setDownloadClasses"
  | "setDownloadExtensions"
  | "setIgnoreClasses"
  | "setLinkClasses"
>;

/** As patterns, of which one may stand for several. */
export const DOWNLOAD_EXTENSIONS =
  "7z|aac|apk|ar[cj]|as[cfx]|avi|azw3|bin|csv|deb|dmg|docx?|epub|exe|flv|gif|gz(ip)?|hqx|ibooks|jar|jpe?g|js|md5|mobi|" +
  "mov(ie)?|mp[234]|mpe?g|ms[ip]|od[bfgpst]|og[gv]|pdf|phps|png|pptx?|qtm?|ram?|rar|rpm|rtf|sea|sha(1|256|512)?|" +
  "si[gt]|t(ar|bz2?|gz)|torrent|txt|wav|webm|wm[av]|wpd|xlsx?|xml|xz|z(ip)?";

/** Returns what following a link is recorded as, if it is. */
export const kindOfLink = (
  url: URL,
  classes: readonly string[],
  saves: boolean,
  rules: LinkRules,
): LinkKind | undefined => {
  const has = (some: string[]) => classes.some((name) => some.includes(name));
  if (!/^(https?|ftp):$/.test(url.protocol) || has(rules.setIgnoreClasses)) return undefined;
  if (has(rules.setLinkClasses)) return "link";
  if (saves || has(rules.setDownloadClasses) || isFile(url, rules)) return "download";
  return isOwn(url.href, rules.setDomains) ? undefined : "link";
};

const isFile = (url: URL, { setDownloadExtensions, removedExtensions }: LinkRules): boolean => {
  const ending = RegExp(`\\.(?!(${list(removedExtensions).join("|")})$)(${list(setDownloadExtensions).join("|")})$`, "i");
  return [url.pathname, ...url.searchParams.values()].some((text) => ending.test(text));
};
