import { expect, test } from "vitest";
import { Choice, decide } from "../src/choice";

const NOTHING_SAID = { objected: false, consented: false, consentRequired: false, signal: false };

test("who has said nothing is measured where nothing need be said", () => {
  expect(decide(NOTHING_SAID)).toBe(Choice.Allowed);
});

test("an objection is stronger than everything else", () => {
  expect(decide({ objected: true, consented: true, consentRequired: true, signal: true })).toBe(Choice.Refused);
});

test("what the browser says of all sites is an objection", () => {
  expect(decide({ ...NOTHING_SAID, signal: true })).toBe(Choice.Refused);
});

test("consent given on the site is stronger than what the browser says of all", () => {
  expect(decide({ ...NOTHING_SAID, consented: true, signal: true })).toBe(Choice.Allowed);
});

test.each([true, false])("a hit waits while consent is missing, with a signal: %s", (signal) => {
  expect(decide({ ...NOTHING_SAID, consentRequired: true, signal })).toBe(Choice.Waiting);
});
