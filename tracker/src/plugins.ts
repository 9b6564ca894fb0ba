/** Scripts that add to what trackers tell: an object whose methods are called by the name of what happens. */

export type Plugin = Record<string, unknown>;

export interface Plugins {
  add(name: string, plugin: Plugin): void;
  /** Calls all methods of this name, and returns what they add to a request. */
  call(hook: string, what?: unknown): string;
}

export const openPlugins = (): Plugins => {
  const plugins: Record<string, Plugin> = {};
  return {
    add: (name, plugin) => void (plugins[name] = plugin),
    call: (hook, what) =>
      Object.values(plugins)
        .map((plugin) => (typeof plugin[hook] === "function" && plugin[hook](what)) || "")
        .join(""),
  };
};
