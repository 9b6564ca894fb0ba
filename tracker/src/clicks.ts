/** Listens for links that are followed. */
import { parsed } from "./hosts";
import { kindOfLink, type LinkKind, type LinkRules } from "./links";

const MIDDLE = 1;

/**
 * Calls back for each link that is followed within `root`. It listens as the event comes down, where no script of the
 * page has stopped it yet. `every` counts a middle click and an opened context menu too.
 */
export function listen(
  root: EventTarget,
  every: boolean,
  rules: LinkRules,
  followed: (url: string, kind: LinkKind) => void,
): void {
  function look(event: Event): void {
    const link = event.composedPath().find((node): node is Element => node instanceof Element && node.matches(LINKS));
    const url = link && parsed(link.getAttribute("href")!, document.baseURI);
    const kind = url && kindOfLink(url, [...link.classList], link.hasAttribute("download"), rules);
    if (kind) followed(url.href, kind);
  }

  root.addEventListener("click", look, true);
  if (every) {
    root.addEventListener("auxclick", (event) => (event as MouseEvent).button === MIDDLE && look(event), true);
    root.addEventListener("contextmenu", look, true);
  }
}

const LINKS = "a[href],area[href]";
