/**
 * The door to cookies for the scripts that are small: they keep a visitor's choice and nothing else. Names and
 * lifetimes are those of `storage.json`; a test holds them against the server's `policy/storage.py`.
 */
import { consent } from "../storage.json";

interface Kept {
  readonly name: string;
  readonly seconds: number;
}

/** Returns when a choice was made, empty if it was not. */
export const read = ({ name }: Kept): string => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(document.cookie)?.[1] ?? "";

/** Keeps a choice as long as is declared; the empty text removes it. */
export const write = ({ name, seconds }: Kept, value: string | number): void => {
  document.cookie = `${name}=${value};max-age=${value === "" ? 0 : seconds};path=/;SameSite=Lax`;
};

/** Whether consent was given, and lately enough: an earlier tracker asked for 30 years. */
export const hasConsented = (to: Kept = consent): boolean => Date.now() - +(read(to) || NaN) <= to.seconds * 1000;
