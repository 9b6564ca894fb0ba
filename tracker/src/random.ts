const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Returns text of random characters. What is left of a byte after division is no matter for identifiers. */
export const randomText = (length: number, characters = LETTERS): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => characters[byte % characters.length]).join("");
