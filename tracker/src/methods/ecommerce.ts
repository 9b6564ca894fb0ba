import { miss } from "../complaint";
import { track } from "../hits";
import { text, type Parameters } from "../parameters";
import type { State } from "../state";

type Value = string | number | false;

const enum Categories {
  Most = 5,
}

/** What a shop sells. */
export const ecommerceMethods = (state: State) => {
  const trackCart = (revenue: Value, order?: Parameters): void => {
    if (!isFinite(parseFloat(revenue as string))) return miss("total");
    track(state, { idgoal: 0, revenue, ec_items: JSON.stringify(Object.values(state.cart)), ...order }, "ecommerce");
  };

  return {
    setEcommerceView(_pks: Value, _pkn?: Value, category?: Value | string[], _pkp?: Value) {
      state.setEcommerceView = { _pks, _pkn, _pkc: Array.isArray(category) ? JSON.stringify(category) : category, _pkp };
    },
    addEcommerceItem(sku: string, name: Value = "", category: Value | string[] = "", price: Value = 0, quantity: Value = 1) {
      const categories = Array.isArray(category) ? category.slice(0, Categories.Most) : category;
      if (text(sku)) state.cart[sku] = [sku, name, categories, price, quantity];
    },
    removeEcommerceItem: (sku: string) => void delete state.cart[sku],
    clearEcommerceCart: () => void (state.cart = {}),
    getEcommerceItems: () => ({ ...state.cart }),

    trackEcommerceCartUpdate: (grandTotal: Value) => trackCart(grandTotal),
    trackEcommerceOrder(ec_id: Value, grandTotal: Value, ec_st?: Value, ec_tx?: Value, ec_sh?: Value, ec_dt?: Value) {
      if (!text(ec_id)) return miss("order");
      trackCart(grandTotal, { ec_id, ec_st, ec_tx, ec_sh, ec_dt });
      state.cart = {};
    },
  };
};
