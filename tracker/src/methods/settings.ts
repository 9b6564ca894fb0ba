import { FIRST, LATER } from "../order";
import type { Settings } from "../settings";

type Said = Pick<Settings, Extract<keyof Settings, `${"set" | "disable" | "enable" | "require" | "store" | "append" | "always" | "discard"}${string}`>>;

type Methods = { [Name in keyof Said]-?: (value?: Said[Name]) => void } & {
  [Name in keyof Said as Name extends `set${infer What}` ? `get${What}` : never]-?: () => Said[Name];
};

/**
 * Methods that keep what they are given, which for a switch is nothing, and those that tell it. Whatever has more to do
 * stands in its own group.
 */
export const settingMethods = (settings: Settings): Methods => {
  const said = settings as unknown as Record<string, unknown>;
  const methods: Record<string, (value?: unknown) => unknown> = {};
  for (const name of [...FIRST, ...LATER]) {
    methods[name] = (value = true) => void (said[name] = value);
    methods[name.replace("set", "get")] ??= () => said[name];
  }
  return methods as unknown as Methods;
};
