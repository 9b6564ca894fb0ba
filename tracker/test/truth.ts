/** The server's own table, by which browser and server decide alike: what a row does not name may be anything. */
import table from "../../src/pellucid/policy/truth_table.json";
import { Choice } from "../src/choice";

export type Case = Record<string, unknown>;

export const rows = table.rows as Case[];

const FREE = {
  opted_out: [true, false],
  opted_out_of_instance: [true, false],
  consent: ["given", "withdrawn", "unsaid"],
  global_privacy_control: [true, false],
  do_not_track: [true, false],
  honour_gpc: [true, false],
  honour_dnt: [true, false],
  consent_needed: ["nothing", "tracking"],
};

export const casesOf = (row: Case): Case[] =>
  Object.entries(FREE).reduce(
    (cases, [name, values]) =>
      cases.flatMap((one) => (name in row ? [row[name]] : values).map((value) => ({ ...one, [name]: value }))),
    [{}] as Case[],
  );

/** What the browser makes of a case: where consent could still be given it waits; the server refuses what comes without. */
export const choiceOf = (one: Case, { verdict }: Case): Choice => {
  if (verdict === "recorded") return Choice.Allowed;
  const mayStillSay = one.consent === "unsaid" && one.consent_needed === "tracking" && !/opted-out/.test(verdict as string);
  return mayStillSay ? Choice.Waiting : Choice.Refused;
};
