/**
 * A banner that asks: may this site measure visits, or keep cookies for it? Refusing is as easy as accepting, nothing is
 * kept before a choice, and the choice can be changed on any page.
 *
 * It is configured by its own tag: `data-kind="cookies"` where only cookies are asked for, `data-language`,
 * `data-privacy` (the address of the privacy page), `data-position="top"`, `data-accent` (a colour), and
 * `data-days`, for which a choice is remembered, where that is not 182. Elements with
 * `data-pellucid-consent` open it again, and so does `PellucidConsent.open()`.
 */
import { LANGUAGES, type Words } from "./banner/words";
import { style } from "./banner/style";
import { hasConsented, read, write } from "./small/cookies";
import { objects } from "./small/wishes";
import { consent, cookieConsent, objection } from "./storage.json";

const { kind, language, privacy, position, accent, days } = document.currentScript!.dataset;
const ofCookies = kind === "cookies";
const of = ofCookies ? cookieConsent : consent;
const kept = { ...of, seconds: +days! * 86400 || of.seconds };
/** A no to cookies is no objection to being measured without: it is kept as a consent of no time. */
const NO = 0;

/** The tracker puts its own queue in the place of the page's. */
const push = (command: string[]) => ((window._paq ??= []) as { push(command: string[]): void }).push(command);
push([ofCookies ? "requireCookieConsent" : "requireConsent"]);

const isGiven = () => hasConsented(kept);
const isChosen = () => isGiven() || !!read(objection) || read(kept) === `${NO}`;

const words = (): Words => {
  const wanted = [language, document.documentElement.lang, ...navigator.languages];
  return LANGUAGES[wanted.map((tag) => `${tag}`.slice(0, 2).toLowerCase()).find((tag) => tag in LANGUAGES) ?? "en"]!;
};

let host: HTMLElement | undefined;
let before: Element | null;

const close = (): void => {
  host?.remove();
  host = undefined;
  (before as HTMLElement | null)?.focus?.();
};

const choose = (yes: boolean) => (): void => {
  const was = isGiven();
  if (ofCookies) write(kept, yes ? Date.now() : NO);
  else {
    write(kept, yes ? Date.now() : "");
    write(objection, yes ? "" : Date.now());
  }
  if (!ofCookies) push([yes ? "rememberConsentGiven" : "optUserOut"]);
  else if (yes) push(["rememberCookieConsentGiven"]);
  // The tracker forgets a consent with its cookie, and the no is to be remembered.
  else if (was) {
    push(["forgetCookieConsentGiven"]);
    write(kept, NO);
  }
  close();
  dispatchEvent(new CustomEvent("ConsentChanged", { detail: { kind: ofCookies ? "cookies" : "tracking", given: yes } }));
};

const open = (): void => {
  if (host) return;
  before = document.activeElement;
  const { title, text, cookies, yes, no, more } = words();
  host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style(accent, position === "top"));
  root.adoptedStyleSheets = [sheet];
  const dialog = add(root, "section", "");
  dialog.role = "dialog";
  dialog.ariaLabel = title;
  dialog.tabIndex = -1;
  add(dialog, "h2", title);
  const told = add(dialog, "p", `${ofCookies ? cookies : text} `);
  if (privacy) (add(told, "a", more) as HTMLAnchorElement).href = privacy;
  const buttons = add(dialog, "div", "");
  add(buttons, "button", no).onclick = choose(false);
  add(buttons, "button", yes).onclick = choose(true);
  dialog.onkeydown = ({ key }) => key === "Escape" && isChosen() && close();
  document.body.prepend(host);
};

const add = (to: ParentNode, tag: string, text: string): HTMLElement => {
  const element = document.createElement(tag);
  element.textContent = text;
  to.append(element);
  return element;
};

const openAgain = (): void => {
  open();
  (host!.shadowRoot!.firstElementChild as HTMLElement).focus();
};

addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-pellucid-consent]")) openAgain();
});
window.PellucidConsent = { open: openAgain, isGiven };

/** Who has chosen is not asked again, and neither is who has told the browser to object everywhere. */
const ask = () => isChosen() || objects(true, true) || open();
if (document.body) ask();
else addEventListener("DOMContentLoaded", ask);
