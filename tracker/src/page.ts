/** What the page is called and where it is, as it says itself or as the browser knows. */
import { parsed } from "./hosts";
import type { Settings } from "./settings";

export function addressOf({ url, discardHash }: Settings): string {
  const address = url ? (parsed(url, location.href)?.href ?? url) : location.href;
  return discardHash ? address.replace(/#.*/, "") : address;
}

export const titleOf = ({ title }: Settings, given?: unknown): string =>
  String(given || title || document.title || "").trim();

/** The character set, where it is not the one that everything is sent in. */
export const characterSet = (): string | undefined =>
  /^utf-?8$/i.test(document.characterSet) ? undefined : document.characterSet;
