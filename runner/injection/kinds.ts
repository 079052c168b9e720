/**
 * Lists the kinds of events that can be injected into a run: every action of the scenario language,
 * with the reason if it is not possible.
 *
 * @module
 */

import {
  ACTION_KEYS,
  ACTIONS,
  type ActionKey,
  type FaultAction,
  nodesChangedByAction,
} from '../../scenarios/files/events/actions.ts';
import type { Scenario } from '../../scenarios/model.ts';

/** A kind of event, and whether it can be injected. */
export interface InjectableKind {
  readonly kind: ActionKey;
  /** Why a fault of this kind is not possible in this run; absent when it is possible. */
  readonly bar?: string;
  /** Nodes that a fault of this kind can hit; absent if it hits links, or can hit all nodes. */
  readonly targets?: readonly string[];
  /** For a flood: the kinds of datagrams that can be forged, by the node that is attacked. */
  readonly forgeries?: Readonly<Record<string, readonly string[]>>;
}

const ATTACK =
  'the findings of an attack are scored from the start of a run: add the attack to the ' +
  'events of the file';

/**
 * Lists every kind of fault that can be injected, in the order of the schema of scenarios, with its possible targets here.
 * @param forgeries The kinds of datagrams that can be forged, by the node that gets them.
 */
export function listInjectableKinds(
  { topology }: Scenario,
  forgeries: Readonly<Record<string, readonly string[]>>,
): readonly InjectableKind[] {
  const hosts = topology.hosts.filter(({ outside }) => outside === undefined);
  const names = hosts.map(({ name }) => name);
  const floodable = Object.keys(forgeries);
  return ACTION_KEYS.map((kind): InjectableKind => {
    if (kind === 'attack') return { kind, bar: ATTACK };
    if (kind === 'flood') {
      return floodable.length === 0
        ? { kind, bar: 'no protocol of this run lists forgeries' }
        : { kind, targets: floodable, forgeries };
    }
    if (ACTIONS[kind].nodesHit === undefined) return { kind };
    return names.length === 0
      ? { kind, bar: `every node is an outside program: no ${kind} reaches one` }
      : { kind, targets: names };
  });
}

/** Why an action of the scenario language cannot be injected into this run; undefined if it can. */
export function findInjectionObstacle(
  action: FaultAction,
  { topology }: Scenario,
): string | undefined {
  if (action.kind === 'attack') return ATTACK;
  const nodes = nodesChangedByAction(action);
  const host = topology.hosts.find(({ name, outside }) => outside && nodes.includes(name));
  if (host === undefined) return undefined;
  return `${host.name} is an outside program: no ${action.kind} reaches it`;
}
