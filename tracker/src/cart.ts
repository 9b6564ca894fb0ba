/** What a visitor is about to buy. */

export type Item = readonly [sku: string, name: unknown, category: unknown, price: unknown, quantity: unknown];
export type Cart = Record<string, Item>;
