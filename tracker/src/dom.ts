/** The page's elements, as `Matomo.DOM` offers them to scripts. */

export const listen = (target: EventTarget, event: string, handler: (event: never) => void, capture?: boolean): void =>
  target.addEventListener(event, handler as EventListener, capture);

export const onReady = (run: () => void): void =>
  document.readyState === "loading" ? listen(document, "DOMContentLoaded", run) : run();

export const onLoad = (run: () => void): void =>
  document.readyState === "complete" ? run() : listen(window, "load", run);

/** Calls back whenever the page may be left for good, which a browser does not say for sure. */
export const onLeaving = (run: () => void): void => listen(window, "pagehide", run);

/** Whether an element is within what is looked at now, or was before the page was scrolled down. */
export const isOrWasNodeVisible = (node: Element): boolean => {
  const { width, height, top, left, right } = node.getBoundingClientRect();
  const { visibility, opacity } = getComputedStyle(node);
  const isShown = visibility === "visible" && +opacity && width && height;
  return !!isShown && top < innerHeight && right > 0 && left < innerWidth;
};

export const isNodeVisible = (node: Element): boolean =>
  isOrWasNodeVisible(node) && node.getBoundingClientRect().bottom > 0;

export const DOM = {
  addEventListener: listen,
  onLoad,
  onReady,
  isNodeVisible,
  isOrWasNodeVisible,
};
