import { listen } from "../dom";

/** Errors of the page's scripts, as events: each once. */
export const errorMethods = (trackEvent: (category: string, action: string, name: string) => unknown) => {
  const told = new Set<string>();

  const tell = ({ filename, lineno, colno, message }: ErrorEvent): void => {
    const place = `${filename}:${lineno}:${colno}`;
    const key = place + message;
    if (!told.has(key)) trackEvent("JavaScript Errors", place, message);
    told.add(key);
  };

  return { enableJSErrorTracking: () => listen(window, "error", tell) };
};
