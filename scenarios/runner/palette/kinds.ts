/**
 * Which kinds of events can be injected into a run: the actions of the scenario language, each
 * possible or with the reason why not.
 *
 * @module
 */
import { ACTIONS, type ActionKey } from '../../files/events.ts';
import type { FaultAction, Scenario } from '../../model.ts';

/** A kind of event. */
export interface KindOffer {
  readonly kind: ActionKey;
  /** Why it is not possible; absent if it is. */
  readonly bar?: string;
}

const ATTACK =
  'what an attack finds out is scored from the start of a run: write it into the events of the file';

/** All kinds, in the order of the scenario language. */
export function kindsOf(): readonly KindOffer[] {
  return ACTIONS.map((kind) => (kind === 'attack' ? { kind, bar: ATTACK } : { kind }));
}

/** Why an action that the language allows cannot be injected here. */
export function obstacleTo(action: FaultAction, { topology }: Scenario): string | undefined {
  if (action.kind === 'attack') return ATTACK;
  if (action.kind !== 'crash' && action.kind !== 'clock') return undefined;
  const host = topology.hosts.find(({ name }) => name === action.node);
  if (host?.outside === undefined) return undefined;
  return `${action.node} is a program outside: no ${action.kind} reaches it`;
}
