/** Returns 16 random hexadecimal digits. */
export const randomDigits = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte & 15).toString(16)).join("");
