/** Each script gathers by itself what the visitor wants; what comes of it is what the server's table says. */
import { afterEach, expect, test, vi } from "vitest";
import { type Case, casesOf, choiceOf, rows } from "./truth";

const SERVER = "https://stats.example/";
const WAYS = { given: ["rememberConsentGiven", "mtm_consent"], withdrawn: ["forgetConsentGiven", "mtm_consent_removed"] };

let fetched: string[];
let sent: string[];

/** A page of a visitor's, with what is in the browser; no more of it than the small scripts ask for. */
const open = (one: Case, cookies: string[]): void => {
  const jar = new Map(cookies.map((name) => [name, `${Date.now()}`]));
  const document = {
    get cookie() {
      return [...jar].map((pair) => pair.join("=")).join("; ");
    },
    set cookie(text: string) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(text)!;
      if (/max-age=0;/.test(text)) jar.delete(name!);
      else jar.set(name!, value!);
    },
    createElement: () => ({}),
    head: { append: ({ src }: { src: string }) => fetched.push(src) },
    referrer: "",
    title: "Home",
  };
  const [gpc, dnt] = [one.global_privacy_control, one.do_not_track];
  vi.stubGlobal("document", document);
  vi.stubGlobal("location", { href: "https://shop.example/", hostname: "shop.example", pathname: "/", protocol: "https:" });
  vi.stubGlobal("navigator", {
    globalPrivacyControl: gpc,
    doNotTrack: dnt ? "1" : null,
    // Nobody has touched the page: what it says, it says by itself.
    userActivation: { hasBeenActive: false },
    sendBeacon: (_: string, body: URLSearchParams) => sent.push(`${body}`),
  });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("fetch", async () => ({ json: async () => ({ objected: one.opted_out_of_instance }) }));
  vi.stubGlobal("window", globalThis);
};

const ruleOf = (one: Case) => ({
  gpc: one.honour_gpc as boolean,
  dnt: one.honour_dnt as boolean,
  consent: one.consent_needed === "tracking",
  instance: true,
});

/** What was chosen: said by the page just now, or remembered from an earlier one. */
const chosen = (one: Case, isRemembered: boolean): { commands: string[][]; cookies: string[] } => {
  const [command, cookie] = WAYS[one.consent as keyof typeof WAYS] ?? [];
  const cookies = one.opted_out ? ["mtm_consent_removed"] : [];
  if (cookie && isRemembered) cookies.push(cookie);
  return { commands: command && !isRemembered ? [[command]] : [], cookies: [...new Set(cookies)] };
};

afterEach(() => vi.unstubAllGlobals());

test.each(rows)("the stub fetches the tracker for whom it may measure, as far as it can know: %j", async (row) => {
  for (const one of casesOf(row)) {
    // What the server alone knows, the tracker asks it.
    if (one.opted_out_of_instance) continue;
    for (const isRemembered of [true, false]) {
      const { commands, cookies } = chosen(one, isRemembered);
      open(one, cookies);
      vi.stubGlobal("_paq", [...commands, ["trackPageView"]]);
      vi.stubGlobal("PellucidStub", { server: SERVER, site: 1, ...ruleOf(one) });
      vi.resetModules();
      fetched = [];

      await import("../src/stub");

      expect(fetched, JSON.stringify(one)).toEqual(row.verdict === "recorded" ? [`${SERVER}matomo.js`] : []);
    }
  }
});

test.each(rows)("the small tracker sends for whom it may measure: %j", async (row) => {
  for (const one of casesOf(row)) {
    for (const isRemembered of [true, false]) {
      const { commands, cookies } = chosen(one, isRemembered);
      open(one, cookies);
      vi.stubGlobal("PellucidSites", { 1: ruleOf(one) });
      vi.stubGlobal("_paq", [["setTrackerUrl", `${SERVER}matomo.php`], ["setSiteId", 1], ...commands, ["trackPageView"]]);
      vi.resetModules();
      sent = [];

      await import("../src/lite");
      await new Promise((done) => setTimeout(done));
      await new Promise((done) => setTimeout(done));

      expect(sent.length, JSON.stringify(one)).toBe(row.verdict === "recorded" ? 1 : 0);
    }
  }
});

test.each(rows)("the tracker gathers what the decision needs: %j", async (row) => {
  for (const one of casesOf(row)) {
    const { cookies } = chosen(one, true);
    open(one, cookies);
    const consent = await import("../src/consent");
    const { stateOf } = await import("../src/state");
    const common = { rules: { 1: ruleOf(one) }, plugins: { add: () => undefined, call: () => "" }, asked: {} };
    const state = stateOf(common, `${SERVER}matomo.php`, 1);
    state.instance = one.opted_out_of_instance as boolean;

    expect(consent.choiceOf(state), JSON.stringify(one)).toBe(choiceOf(one, row));
  }
});
