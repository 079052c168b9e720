/**
 * The selection that a file names: a shipped one, or what a module of the user exports, which may do anything.
 *
 * @module
 */
import type { UserModuleOption } from '../../../engine/host/user-module.ts';
import type { BeaconCandidate, BeaconSelection } from './selection.ts';
import { BEACON_SELECTIONS } from './selections/index.ts';

/** Exports that a user's module with a selection of beacons must have. */
export const SELECTION_MODULE: UserModuleOption = {
  exported: 'selection',
  mistakeIn: (exported) =>
    isSelection(exported) ? undefined : 'has no function `select(candidates, most)`',
};

/**
 * The selection of this name.
 * @param userModule What a module exports, by its path.
 * @throws RangeError if nobody has loaded the module.
 */
export function chosenSelection(
  name: string,
  userModule: ((path: string) => unknown) | undefined,
): BeaconSelection {
  if (Object.hasOwn(BEACON_SELECTIONS, name)) {
    return BEACON_SELECTIONS[name as keyof typeof BEACON_SELECTIONS];
  }
  const exported = userModule?.(name);
  if (isSelection(exported)) return exported;
  throw new RangeError(`the selection ${name} was not loaded`);
}

/**
 * A selection that never throws, and chooses among the candidates only, each once and not too many.
 * @param onFailure Called if the selection throws or returns no list: then nothing is chosen.
 */
export function guardedSelection(
  selection: BeaconSelection,
  onFailure: () => void,
): BeaconSelection {
  return {
    select<One extends BeaconCandidate>(candidates: readonly One[], most: number): readonly One[] {
      const chosen = selectedBy(selection, [...candidates], most);
      if (chosen === undefined) {
        onFailure();
        return [];
      }
      return candidates.filter((one) => chosen.has(one)).slice(0, most);
    },
  };
}

/** What a selection returns; undefined if it fails. */
function selectedBy(
  selection: BeaconSelection,
  candidates: readonly BeaconCandidate[],
  most: number,
): ReadonlySet<unknown> | undefined {
  try {
    const chosen: unknown = selection.select(candidates, most);
    return Array.isArray(chosen) ? new Set(chosen) : undefined;
  } catch {
    // Code of the user: what it throws is no mistake of the node.
    return undefined;
  }
}

function isSelection(exported: unknown): exported is BeaconSelection {
  const { select } = (exported ?? {}) as { readonly select?: unknown };
  return typeof select === 'function';
}
