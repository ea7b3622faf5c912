import { SCENARIOS, type Scenario } from '../demo/scenarios';

/** The conversation and the scenario that the address of the page names: `#chat=…`, `#scenario=…`. */
export function namedInHash(): { readonly chat: string | null; readonly scenario: Scenario | null } {
  const named = new URLSearchParams(location.hash.slice(1));
  const id = named.get('scenario');
  return { chat: named.get('chat'), scenario: SCENARIOS.find((each) => each.id === id) ?? null };
}

/** Changes the address, for a reload and for sharing. */
export const setHash = (hash: string): void =>
  history.replaceState(null, '', location.pathname + location.search + hash);
