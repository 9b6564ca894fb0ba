import { listen, onLeaving } from "../dom";
import type { State } from "../state";

const enum Seconds {
  Shortest = 5,
}

/** Tells that a page was looked at for long, when it no longer is. */
export const heartbeatMethods = (state: State, ping: () => void) => {
  let delay = 0;
  let since = 0;

  const look = () => void (since ||= Date.now());

  const turn = () => (document.hidden ? leave() : look());

  const leave = (): void => {
    if (delay && since && Date.now() - since >= delay && state.hasSent) ping();
    since = 0;
  };

  return {
    enableHeartBeatTimer(seconds = 15) {
      delay = Math.max(seconds, Seconds.Shortest) * 1000;
      if (document.hasFocus()) look();
      listen(window, "focus", look);
      listen(window, "blur", leave);
      listen(document, "visibilitychange", turn);
      onLeaving(leave);
    },
    disableHeartBeatTimer: () => void (delay = 0),
  };
};
