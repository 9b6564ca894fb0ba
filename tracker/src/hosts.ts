/** Which addresses are the site's own. */

/** Returns an address as a URL, or undefined where it is none. */
export function parsed(address: string, base?: string): URL | undefined {
  try {
    return new URL(address, base);
  } catch {
    return undefined;
  }
}

/**
 * Whether an address is one of the domains: `example.org`, `*.example.org` or `.example.org` (itself and all below it),
 * each with a path if only a part of it belongs to the site.
 */
export const isOwn = (url: URL, domains: string[]): boolean =>
  domains.some((domain) => {
    const [host = "", ...path] = domain.toLowerCase().replace(/^https?:\/\//, "").split("/");
    return hostMatches(url.hostname, host.replace(/:\d+$/, "")) && pathMatches(url.pathname, path.join("/"));
  });

export function hostMatches(host: string, pattern: string): boolean {
  const plain = pattern.replace(/^\*?\./, "");
  return host === plain || (plain !== pattern && host.endsWith("." + plain));
}

function pathMatches(path: string, pattern: string): boolean {
  const start = "/" + pattern.replace(/\/?\*?$/, "");
  return start === "/" || (path.toLowerCase() + "/").startsWith(start + "/");
}
