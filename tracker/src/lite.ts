/**
 * The small tracker: page views, events, links that lead away, consent and opt-out. It keeps a visitor's choice and
 * nothing else, ever, and reads no feature of the browser. Commands it does not have are left out.
 */
import { Choice, decide } from "./choice";
import { UNKNOWN } from "./site";
import { forgetVisitor, hasConsented, read, write } from "./small/cookies";
import { talk } from "./small/frame";
import { objects } from "./small/wishes";
import { consent, objection } from "./storage.json";
import { isUntouched } from "./touch";

type Values = Record<string, unknown>;
type Command = [name: unknown, ...values: never[]];

const settings: Values = { requireConsent: false, setDocumentTitle: "", setCustomUrl: "" };
let waiting: Values[] = [];
let isGiven = false;
let isObjected = false;
let toAll: boolean | undefined;
let question: unknown;
let pageview = "";

const rule = () => window.PellucidSites?.[settings.setSiteId as string] ?? UNKNOWN;
/** Consent, for as long as the site remembers it. */
const yes = () => ({ ...consent, seconds: rule().days! * 86400 || consent.seconds });
const signal = () => {
  const { gpc = true, dnt = true } = rule();
  return objects(gpc, dnt || settings.setDoNotTrack);
};
const isRequired = () => settings.requireConsent || rule().consent;
const choice = () =>
  decide({
    objected: isObjected || toAll || read(objection),
    asked: !rule().instance || toAll === false,
    consent: isGiven || hasConsented(yes()),
    required: isRequired(),
    signal: signal(),
  });
const server = () => new URL(".", new URL(settings.setTrackerUrl as string, location.href)).href;

const ask = async (): Promise<void> => {
  try {
    const answer = await fetch(`${server()}optout/state`, { credentials: "include", referrerPolicy: "no-referrer" });
    toAll = ((await answer.json()) as { objected: boolean }).objected;
  } catch {
    return; // Without an answer nothing is sent.
  }
  flush();
};

/** Sends what waits, if it may leave by now. */
const flush = (): void => {
  keepObjection(read(objection));
  const may = choice();
  if (may === Choice.Refused) waiting = [];
  if (may > Choice.Asking) forgetVisitor();
  if (may === Choice.Asking && waiting[0]) question ??= ask();
  if (may !== Choice.Allowed) return;
  for (const hit of waiting.splice(0)) {
    const consent = (isGiven || hasConsented(yes())) && (isRequired() || signal()) ? 1 : "";
    const told = Object.entries({ ...hit, consent }).filter(([, value]) => (value ?? "") !== "");
    const body = new URLSearchParams(told as [string, string][]);
    const address = settings.setTrackerUrl as string;
    if (!navigator.sendBeacon?.(address, body)) new Image().src = `${address}?${body}`;
  }
};

const track = (happened: Values): void => {
  const now = new Date();
  waiting.push({
    idsite: settings.setSiteId,
    rec: 1,
    r: `${Math.random()}`.slice(2, 8),
    h: now.getHours(),
    m: now.getMinutes(),
    s: now.getSeconds(),
    send_image: 0,
    url: settings.setCustomUrl || location.href,
    urlref: document.referrer,
    pv_id: pageview,
    ...happened,
  });
};

const object = (): void => {
  isObjected = true;
  isGiven = false;
  write(consent, "");
  keepObjection(read(objection) || `${Date.now()}`);
};

/** Keeps it anew, but what the server has set anew within the day: see `renew` in `storage.ts`. */
const keepObjection = (value: string): void => {
  if (value && !(Math.abs(Date.now() / 1000 - +value) < 86400)) write(objection, value);
};

const takeBack = (): void => {
  isObjected = false;
  write(objection, "");
};

/** What a page says by itself, before the visitor has touched it, is nothing against an objection. */
const give = (hours?: number): void => {
  if ((isObjected || read(objection)) && isUntouched()) return;
  takeBack();
  isGiven = true;
  if (!hours) return;
  const kept = yes();
  write({ ...kept, seconds: Math.min(hours * 3600, kept.seconds) }, Date.now());
};

const methods: Record<string, (...values: never[]) => unknown> = {
  trackPageView(title?: string) {
    pageview = Math.random().toString(36).slice(2, 8);
    track({ action_name: title || settings.setDocumentTitle || document.title });
  },
  trackEvent: (e_c: string, e_a: string, e_n?: string, e_v?: number) => track({ e_c, e_a, e_n, e_v, ca: 1 }),
  trackLink: (url: string, kind: string) => track({ [kind]: url, ca: 1 }),
  enableLinkTracking() {
    addEventListener(
      "click",
      ({ target }) => {
        const link = (target as Element).closest?.<HTMLAnchorElement>("a[href]");
        if (!link || !/^http/.test(link.protocol) || link.host === location.host) return;
        track({ link: link.href, ca: 1 });
        flush();
      },
      true,
    );
  },
  requireConsent: () => (settings.requireConsent = true),
  setConsentGiven: () => give(),
  rememberConsentGiven: (hours?: number) => give(hours || Infinity),
  forgetConsentGiven: object,
  optUserOut: object,
  forgetUserOptOut: takeBack,
};

/** Carries out commands: settings first, so that their order does not matter. */
const push = (...commands: Command[]): void => {
  const isTracking = ([name]: Command) => /^track/.test(name as string);
  for (const [name, ...values] of [...commands.filter((one) => !isTracking(one)), ...commands.filter(isTracking)]) {
    const method = typeof name === "function" ? name : methods[name as string];
    if (method) method.apply(api, values);
    else settings[name as string] = values[0];
  }
  setTimeout(flush);
};

const api = {
  ...methods,
  hasConsent: () => choice() <= Choice.Asking,
  isUserOptedOut: () => choice() > Choice.Asking,
};
const queued = window._paq as Command[] | undefined;
window._paq = { push } as never;
push(...(queued ?? []));
talk(server(), isRequired(), {
  isIn: api.hasConsent,
  choose: (optedIn) => push([optedIn ? "forgetUserOptOut" : "optUserOut"]),
});
