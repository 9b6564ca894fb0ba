/**
 * The door to cookies for the scripts that are small: they keep a visitor's choice and nothing else. Names and
 * lifetimes are those of `storage.json`; a test holds them against the server's `policy/storage.py`.
 */
import { consent, objection } from "../storage.json";

const CHOICES = { consent, objection };

type Choice = keyof typeof CHOICES;

/** Returns when a choice was made, empty if it was not. */
export const read = (choice: Choice): string =>
  new RegExp(`(?:^|; )${CHOICES[choice].name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

/** Keeps a choice as long as is declared; the empty text removes it. */
export const write = (choice: Choice, value: string | number): void => {
  const { name, seconds } = CHOICES[choice];
  document.cookie = `${name}=${value};max-age=${value ? seconds : 0};path=/;SameSite=Lax`;
};

/** Whether consent was given, and lately enough: an earlier tracker asked for 30 years. */
export const hasConsented = (): boolean => Date.now() - +(read("consent") || NaN) <= consent.seconds * 1000;
