import { expect, test } from "vitest";
import { attributionOf, NOWHERE, type Attribution } from "../src/attribution";

const NOW = 1_763_985_600;
const SETTINGS = {
  setDomains: ["shop.example"],
  setCampaignNameKey: "pk_campaign|mtm_campaign|utm_campaign",
  setCampaignKeywordKey: "pk_kwd|mtm_kwd|utm_term",
  setReferralUrlMaxLength: 1024,
};
const KNOWN: Attribution = ["spring", "shoes", 1_700_000_000, ""];
const PAGE = "http://shop.example/";

test("a visit from another site is attributed to its page", () => {
  const from = "http://elsewhere.example/a";

  expect(attributionOf(PAGE, from, NOWHERE, NOW, SETTINGS)).toEqual(["", "", NOW, from]);
});

test.each(["pk_campaign=autumn&pk_kwd=boots", "utm_campaign=autumn&utm_term=boots", "mtm_campaign=autumn&mtm_kwd=boots"])(
  "a visit by %s is attributed to the campaign",
  (query) => {
    expect(attributionOf(`${PAGE}?${query}`, "", KNOWN, NOW, SETTINGS)).toEqual(["autumn", "boots", NOW, ""]);
  },
);

test("a campaign may stand behind the hash", () => {
  expect(attributionOf(`${PAGE}#pk_campaign=autumn`, "", NOWHERE, NOW, SETTINGS)[0]).toBe("autumn");
});

test.each(["", "http://shop.example/a", "android-app"])(
  "a visit from %j is attributed to what was known before",
  (referrer) => {
    expect(attributionOf(PAGE, referrer, KNOWN, NOW, SETTINGS)).toBe(KNOWN);
  },
);

test("the first known referrer stays where the page wants that", () => {
  const settings = { ...SETTINGS, setConversionAttributionFirstReferrer: true };

  expect(attributionOf(`${PAGE}?pk_campaign=autumn`, "", KNOWN, NOW, settings)).toBe(KNOWN);
});

test("a long referrer is cut", () => {
  expect(attributionOf(PAGE, "http://elsewhere.example/" + "a".repeat(2000), NOWHERE, NOW, SETTINGS)[3]).toHaveLength(1024);
});
