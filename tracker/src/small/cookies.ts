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
export const read = ({ name }: Kept): string => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? "";

/** Keeps a choice as long as is declared; the empty text removes it. */
export const write = ({ name, seconds }: Kept, value: string | number): void =>
  value === "" ? remove(name) : set(`${name}=${value};max-age=${seconds}`);

/** Removes what recognised the visitor here: what another tracker, or an earlier one, has left. */
export const forgetVisitor = (): void => void document.cookie.replace(/_pk_[^=]+/g, remove as never);

/** A browser removes only a cookie of the same domain, and does not tell which that is. */
const remove = (name: string): void =>
  void location.hostname.replace(/[^.]+|$/g, ((_: string, at: number, host: string) =>
    set(`${name}=;max-age=0;domain=${host.slice(at)}`)) as never);

const set = (cookie: string): void => void (document.cookie = `${cookie};path=/;SameSite=Lax`);

/** Whether consent was given, and lately enough: an earlier tracker asked for 30 years. */
export const hasConsented = (to: Kept = consent): boolean => +read(to) + to.seconds * 1000 >= Date.now();
