/** The page's commands: which come first, and how one is carried out. */
import { miss } from "./complaint";
import { FIRST } from "./order";

type Owner = Record<string, Call>;
type Owners = Record<string, Owner>;
type Call = (...values: unknown[]) => unknown;
export type Command = [method: string | Call, ...values: unknown[]];
export type Queue = { push(...commands: Command[]): unknown };

const MAY_REPEAT = ["addTracker", "enableLinkTracking"];
const OF_THE_FIRST_TRACKER = ["addTracker", "setTrackerUrl", "setSiteId"];

/** Returns the commands in the order they are carried out in. */
export const arranged = (commands: readonly Command[]): Command[] => {
  const named = (name: string) => commands.filter(([method]) => method === name);
  for (const name of FIRST) {
    if (named(name).length > 1 && !MAY_REPEAT.includes(name)) {
      miss(`second ${name}`);
    }
  }
  return [...FIRST.flatMap(named), ...commands.filter(([method]) => !FIRST.includes(method as string))];
};

/** Commands for plugins that were not there yet. */
export type Missed = Command[];

/**
 * Carries out one command on all trackers. A tracker that the command adds is not yet one of them. `Plugin::method` is
 * called once, on what `window.Matomo` has of that name; `Plugin.method` on what each tracker has.
 */
export const apply = (command: Command, trackers: readonly object[], namespace: object, missed: Missed): void => {
  const [method, ...values] = command;
  const [, plugin, mark, name] = /^(\w+)(::|\.)(\w+)$/.exec(method as string) ?? [];
  const first = OF_THE_FIRST_TRACKER.includes(method as string);
  for (const tracker of mark === "::" ? [namespace] : trackers.slice(0, first ? 1 : Infinity)) {
    const owner = (plugin ? (tracker as Owners)[plugin] : tracker) as Owner | undefined;
    const call = typeof method === "function" ? method : owner?.[name ?? method];
    if (call) call.apply(owner, values);
    else if (!plugin) throw TypeError(`Pellucid: no ${method as string}`);
    else if (!missed.includes(command)) missed.push(command);
  }
};

/** Carries out commands: one that fails does not keep the others, which may hold an objection, from being heard. */
export const applyAll = (
  commands: readonly Command[],
  trackers: readonly object[],
  namespace: object = {},
  missed: Missed = [],
): void => {
  const errors: unknown[] = [];
  for (const command of commands) {
    try {
      apply(command, trackers, namespace, missed);
    } catch (error) {
      console.error(error);
      errors.push(error);
    }
  }
  if (errors.length) throw errors[0];
};
