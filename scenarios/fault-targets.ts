/**
 * Links and nodes of an event that are known before the run, each of which can have up and down times
 * of its own.
 *
 * @module
 */
import type { FaultAction } from './model.ts';

/** Ids of links or names of nodes; none if an action has no such targets. */
export function targetsOf(action: FaultAction): readonly string[] {
  switch (action.kind) {
    case 'set-link':
    case 'hold-link':
    case 'tap':
      return action.links.kind === 'ids' ? action.links.ids : [];
    case 'crash':
      return action.nodes;
    default:
      return [];
  }
}
