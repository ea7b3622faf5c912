import { defaultLimits, type Limits } from '../transport/limits';
import type { ChatConfig, ChatTimeouts } from './config';

/** Timeouts that apply where {@link ChatTimeouts} sets none. */
const defaultTimeouts = {
  head: 300_000,
  first: 300_000,
  idle: 120_000,
  total: Infinity,
  grace: 5_000,
  activity: 'bytes',
} as const;

/** Limits and timeouts of a call, complete. */
interface Settings {
  readonly limits: Required<Limits>;
  readonly timeouts: ChatTimeouts & Required<Omit<ChatTimeouts, 'scheduler'>>;
}

/** Returns the limits and timeouts of a config, with defaults where it has none. */
export const settingsOf = ({ limits, timeouts }: ChatConfig): Settings => ({
  limits: withDefaults(defaultLimits, limits),
  timeouts: withDefaults(defaultTimeouts, timeouts),
});

/** Sets defaults for absent fields; `undefined` counts as absent. */
export function withDefaults<D extends object, G extends object>(defaults: D, given: G | undefined): D & G {
  if (given === undefined) return defaults as D & G;
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(present) } as D & G;
}
