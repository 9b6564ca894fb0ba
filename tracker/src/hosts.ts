/** Which addresses are the site's own. */

/** Returns an address as a URL, or undefined where it is none. */
export const parsed = (address: string, base?: string): URL | undefined => {
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
};

/** Returns an address in full. */
export const absolute = (address: string): string => address && (parsed(address, document.baseURI)?.href ?? address);

/** Pages write one value, several, or several with a line between them. */
export const list = (named: string | string[] = []): string[] => ([] as string[]).concat(named).flatMap((one) => one.split("|"));

/**
 * Whether an address is one of the domains: `example.org`, `*.example.org` or `.example.org` (itself and all below it),
 * each with a path if only a part of it belongs to the site.
 */
export const isOwn = (address: string, domains: string | string[] | undefined): boolean => {
  const url = parsed(address.toLowerCase());
  return !!url && list(domains).some((domain) => isHostOf(url.hostname, domain) && `${url.pathname}/`.startsWith(pathOf(domain)));
};

export const isHostOf = (host: string, domain: string): boolean => {
  const pattern = BEFORE_THE_PATH.exec(domain.toLowerCase())![1]!;
  const plain = pattern.replace(/^\*?\./, "");
  return host === plain || (plain !== pattern && host.endsWith("." + plain));
};

const BEFORE_THE_PATH = /^(?:https?:\/\/)?([^/:]*)[^/]*/;

const pathOf = (domain: string): string => domain.toLowerCase().replace(BEFORE_THE_PATH, "").replace(/\/?\*?$/, "/");
