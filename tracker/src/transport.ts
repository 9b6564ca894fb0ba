/** Sends a request by the means that suits it. */

export interface Answer {
  readonly request: string;
  readonly trackerUrl: string;
  readonly success: boolean;
  readonly isSendBeacon: boolean;
}

export type Callback = (answer: Answer) => void;

/** Servers and proxies cut longer addresses. */
const LONGEST_ADDRESS = 2000;
const FORM = "application/x-www-form-urlencoded; charset=UTF-8";

/** The way out: what the page is left by survives in a beacon; where that is not to be had, an image or a form. */
export function send(trackerUrl: string, request: string, how: { beacon: boolean; method: string }, done?: Callback): void {
  const answer = (success: boolean, isSendBeacon = false) => done?.({ request, trackerUrl, success, isSendBeacon });

  if (how.beacon && navigator.sendBeacon?.(trackerUrl, new Blob([request], { type: FORM }))) {
    answer(true, true);
  } else if (how.method === "POST" || request.length > LONGEST_ADDRESS) {
    const form = new XMLHttpRequest();
    form.open("POST", trackerUrl);
    form.withCredentials = true; // An objection to all sites of the server is a cookie of the server.
    form.setRequestHeader("Content-Type", FORM);
    form.onloadend = () => answer(form.status >= 200 && form.status < 300);
    form.send(request);
  } else {
    const image = new Image(1, 1);
    // An empty answer is no picture, and arrived all the same.
    image.onload = image.onerror = () => answer(true);
    image.src = trackerUrl + (trackerUrl.includes("?") ? "&" : "?") + request;
  }
}
