/** A page's own data, which may have custom dimensions among it. */
import { json, type Parameters } from "./parameters";

const NAME = /^dimension\d+$/;

/** Returns the parameters of what a page tells besides: dimensions by name, all else as text. */
export const parametersOfData = (data: unknown): Parameters => ({
  ...Object.fromEntries(Object.entries(Object(data) as Parameters).filter(([name]) => NAME.test(name))),
  data: json(data || {}, (name, value) => (NAME.test(name) ? undefined : value)),
});
