/** What happens to trackers, for scripts that want to know of it. */

type Handler = (...values: never[]) => unknown;

export interface Events {
  on(event: string, handler: Handler): void;
  off(event: string, handler: Handler): void;
  trigger(event: string, values?: unknown[], context?: unknown): void;
}

export const openEvents = (): Events => {
  const handlers: Record<string, Set<Handler>> = {};
  return {
    on: (event, handler) => (handlers[event] ??= new Set()).add(handler),
    off: (event, handler) => handlers[event]?.delete(handler),
    trigger: (event, values = [], context = window) =>
      handlers[event]?.forEach((handler) => handler.apply(context, values as never[])),
  };
};
