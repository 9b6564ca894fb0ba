import { expect, test } from "vitest";
import { sha1 } from "../src/sha1";

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("it is SHA-1 for a text of %i bytes", async (length) => {
  const text = "abcdefghij".repeat(100).slice(0, length);

  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));

  expect(sha1(text)).toBe([...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 8));
});

test("text that is not ASCII is taken as UTF-8", () => {
  expect(sha1("é")).toBe("bf15be71");
});
