/** Links that are followed. */
import { listen } from "./dom";
import { parsed } from "./hosts";
import { kindOfLink, type LinkKind, type LinkRules } from "./links";

const enum Button {
  Middle = 1,
}

/** Returns the link that an event is about, in whatever part of the page it stands. */
export const linkOf = (event: Event): HTMLAnchorElement | undefined =>
  event.composedPath().find((node): node is HTMLAnchorElement => node instanceof Element && node.matches("a[href],area[href]"));

/** Returns what calls back for an event that follows a link. */
export const follower =
  (rules: LinkRules, followed: (url: string, kind: LinkKind) => void) =>
  (event: Event): void => {
    if (event.type === "auxclick" && (event as MouseEvent).button !== Button.Middle) return;
    const link = linkOf(event);
    const url = link && parsed(link.getAttribute("href")!, document.baseURI);
    const kind = url && kindOfLink(url, [...link.classList], link.hasAttribute("download"), rules);
    if (kind) followed(url.href, kind);
  };

/**
 * Listens within `root` as an event comes down, where no script of the page has stopped it yet. `every` counts a middle
 * click and an opened context menu too.
 */
export const listenForLinks = (root: EventTarget, every: boolean, look: (event: Event) => void): void => {
  for (const event of every ? ["click", "auxclick", "contextmenu"] : ["click"]) listen(root, event, look, true);
};
