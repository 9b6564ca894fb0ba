/** The analytics server, and what it knows of a visitor that no page does. */
import type { State } from "./state";

/** Returns the address that a tracking address is below. */
export const serverOf = (trackerUrl: string): string =>
  new URL(".", new URL(trackerUrl, location.href)).href.replace(/\/js\/$/, "/");

/**
 * Asks the server, once for a page, whether the visitor objected to all of its sites. No word of the page goes with the
 * question; without an answer that stays unknown.
 */
export const askServer = async (state: State): Promise<void> => {
  const address = `${serverOf(state.setTrackerUrl)}optout/state`;
  state.instance = await (state.asked[address] ??= ask(address));
};

const ask = async (address: string): Promise<boolean | undefined> => {
  try {
    const answer = await fetch(address, { credentials: "include", referrerPolicy: "no-referrer", cache: "no-store" });
    return ((await answer.json()) as { objected: boolean }).objected;
  } catch {
    return undefined;
  }
};
