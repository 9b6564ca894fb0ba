/** Tells whoever writes the page what is missing in it. */
export const miss = (what: string): void => console.error(`Pellucid: no ${what}`);
