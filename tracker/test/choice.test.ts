import { expect, test } from "vitest";
import { Choice, decide } from "../src/choice";
import { type Case, casesOf, choiceOf, rows } from "./truth";

const NOTHING_SAID = { objected: false, asked: true, consent: false, required: false, signal: false };

test("who has said nothing is measured where nothing need be said", () => {
  expect(decide(NOTHING_SAID)).toBe(Choice.Allowed);
});

test("an objection is stronger than everything else", () => {
  expect(decide({ objected: true, asked: false, consent: true, required: true, signal: true })).toBe(Choice.Refused);
});

test("what the browser says of all sites is an objection", () => {
  expect(decide({ ...NOTHING_SAID, signal: true })).toBe(Choice.Refused);
});

test("consent given on the site is stronger than what the browser says of all", () => {
  expect(decide({ ...NOTHING_SAID, consent: true, signal: true })).toBe(Choice.Allowed);
});

test.each([true, false])("a hit waits while consent is missing, with a signal: %s", (signal) => {
  expect(decide({ ...NOTHING_SAID, required: true, signal })).toBe(Choice.Waiting);
});

test("where the server has to be asked, nothing leaves before it has answered", () => {
  expect(decide({ ...NOTHING_SAID, asked: false })).toBe(Choice.Asking);
  expect(decide({ ...NOTHING_SAID, asked: false, consent: true })).toBe(Choice.Asking);
});

const inBrowser = (one: Case): Choice =>
  decide({
    objected: one.opted_out || one.opted_out_of_instance || one.consent === "withdrawn",
    asked: true,
    consent: one.consent === "given",
    required: one.consent_needed === "tracking",
    signal: (one.global_privacy_control && one.honour_gpc) || (one.do_not_track && one.honour_dnt),
  });

test.each(rows)("browser and server decide alike: %j", (row) => {
  for (const one of casesOf(row)) {
    expect(inBrowser(one), JSON.stringify(one)).toBe(choiceOf(one, row));
  }
});

test("every case of the server's table is met", () => {
  expect(rows.flatMap(casesOf)).toHaveLength(384);
});
