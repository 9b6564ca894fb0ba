import { afterEach, expect, test, vi } from "vitest";
import { applyAll, arranged, type Command } from "../src/queue";

const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);

afterEach(() => errors.mockClear());

function aTracker() {
  const calls: unknown[] = [];
  const method = (name: string) => (...values: unknown[]) => void calls.push([name, ...values]);
  return {
    calls,
    methods: Object.fromEntries(["setSiteId", "trackPageView", "addTracker"].map((name) => [name, method(name)])),
  };
}

test("settings come before what they are for, in a fixed order", () => {
  const commands: Command[] = [["trackPageView"], ["enableLinkTracking"], ["setSiteId", 1], ["setTrackerUrl", "/m"]];

  expect(arranged(commands)).toEqual([["setTrackerUrl", "/m"], ["setSiteId", 1], ["enableLinkTracking"], ["trackPageView"]]);
});

test("all else keeps the order the page gave it", () => {
  const run = () => undefined;
  const commands: Command[] = [["optUserOut"], [run], ["trackPageView"], ["setDoNotTrack", true]];

  expect(arranged(commands)).toEqual(commands);
});

test("a setting that stands twice is applied twice, and said to be there twice", () => {
  const commands: Command[] = [["setSiteId", 1], ["setSiteId", 2]];

  expect(arranged(commands)).toEqual(commands);
  expect(errors).toHaveBeenCalledOnce();
});

test("trackers and link tracking may be asked for twice", () => {
  arranged([["addTracker", "/a", 1], ["addTracker", "/b", 2], ["enableLinkTracking"], ["enableLinkTracking"]]);

  expect(errors).not.toHaveBeenCalled();
});

test("a command goes to all trackers, which site it is only to the first", () => {
  const [first, second] = [aTracker(), aTracker()];

  applyAll([["setSiteId", 7], ["trackPageView", "Home"]], [first.methods, second.methods]);

  expect(first.calls).toEqual([["setSiteId", 7], ["trackPageView", "Home"]]);
  expect(second.calls).toEqual([["trackPageView", "Home"]]);
});

test("a tracker is added once", () => {
  const [first, second] = [aTracker(), aTracker()];

  applyAll([["addTracker", "/b", 2]], [first.methods, second.methods]);

  expect([...first.calls, ...second.calls]).toEqual([["addTracker", "/b", 2]]);
});

test("a function is called as a method of the tracker, with the values behind it", () => {
  const { methods } = aTracker();
  const seen: unknown[] = [];

  applyAll([[function (this: unknown, value: unknown) { seen.push(this, value); }, 3]], [methods]);

  expect(seen).toEqual([methods, 3]);
});

test("a command that fails does not keep the others from being heard", () => {
  const { calls, methods } = aTracker();

  expect(() => applyAll([["noSuchMethod"], ["trackPageView"]], [methods])).toThrow(TypeError);

  expect(calls).toEqual([["trackPageView"]]);
  expect(errors).toHaveBeenCalledOnce();
});
