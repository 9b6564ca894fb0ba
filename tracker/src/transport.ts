/** Sends requests by the means that suits them. */
import type { Settings } from "./settings";

export interface Answer {
  readonly request: string;
  readonly trackerUrl: string;
  readonly success: boolean;
  readonly isSendBeacon: boolean;
}

export type Callback = (answer: Answer) => void;

type Means = Pick<Settings, "alwaysUseSendBeacon" | "setRequestContentType" | "setRequestMethod">;

/** Servers and proxies cut longer addresses. */
const LONGEST_ADDRESS = 2000;
const MOST_AT_ONCE = 50;

/** Sends one request as it is, several as one. */
export const sendAll = (trackerUrl: string, requests: readonly string[], means: Means, done?: Callback): void => {
  for (let start = 0; start < requests.length; start += MOST_AT_ONCE) {
    const some = requests.slice(start, start + MOST_AT_ONCE);
    const bulk = { requests: some.map((request) => `?${request}`), send_image: 0 };
    send(trackerUrl, requests[1] ? JSON.stringify(bulk) : some[0]!, means, done);
  }
};

/** The way out: what the page is left by survives in a beacon; where that is not to be had, an image or a form. */
const send = (trackerUrl: string, request: string, means: Means, done?: Callback): void => {
  const { alwaysUseSendBeacon, setRequestContentType: type, setRequestMethod: method } = means;
  const answer = (success: boolean, isSendBeacon = false) => done?.({ request, trackerUrl, success, isSendBeacon });
  const isBulk = request[0] === "{";
  const body = type ? new Blob([request], { type }) : isBulk ? request : new URLSearchParams(request);

  if (alwaysUseSendBeacon && method !== "GET" && navigator.sendBeacon?.(trackerUrl, body)) {
    answer(true, true);
  } else if (isBulk || method === "POST" || request.length > LONGEST_ADDRESS) {
    // An objection to all sites of the server is a cookie of the server.
    fetch(trackerUrl, { method: "POST", body, credentials: "include" }).then(
      ({ ok }) => answer(ok),
      () => answer(false),
    );
  } else {
    const image = new Image(1, 1);
    // An empty answer is no picture, and arrived all the same.
    image.onload = image.onerror = () => answer(true);
    image.src = trackerUrl + (trackerUrl.includes("?") ? "&" : "?") + request;
  }
};
