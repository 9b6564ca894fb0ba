/** Which links lead away from the site, and which to a file. */
import { isOwn } from "./hosts";

export type LinkKind = "link" | "download";

export interface LinkRules {
  readonly domains: string[];
  readonly linkClasses: string[];
  readonly downloadClasses: string[];
  readonly ignoreClasses: string[];
  readonly downloadExtensions: string[];
}

export const DOWNLOAD_EXTENSIONS = (
  "7z aac apk arc arj asc asf asx avi azw3 bin csv deb dmg doc docx epub exe flv gif gz gzip hqx ibooks jar jpg jpeg " +
  "js md5 mobi mov movie mp2 mp3 mp4 mpeg mpg msi msp odb odf odg odp ods odt ogg ogv pdf phps png ppt pptx qt qtm " +
  "ra ram rar rpm rtf sea sha sha1 sha256 sha512 sig sit tar tbz tbz2 tgz torrent txt wav webm wma wmv wpd xls xlsx " +
  "xml xz z zip"
).split(" ");

/** Returns what following a link is recorded as, if it is. */
export function kindOfLink(
  url: URL,
  classes: readonly string[],
  saves: boolean,
  rules: LinkRules,
): LinkKind | undefined {
  const has = (some: string[]) => classes.some((name) => some.includes(name));
  if (!/^(https?|ftp):$/.test(url.protocol) || has(rules.ignoreClasses)) return undefined;
  if (has(rules.linkClasses)) return "link";
  if (saves || has(rules.downloadClasses) || isFile(url, rules.downloadExtensions)) return "download";
  return isOwn(url, rules.domains) ? undefined : "link";
}

function isFile(url: URL, extensions: string[]): boolean {
  const ends = (text: string) => extensions.includes(/\.(\w+)$/.exec(text)?.[1]?.toLowerCase() ?? "");
  return ends(url.pathname) || [...url.searchParams.values()].some(ends);
}
