/**
 * The selection of beacons that a file names: a shipped selection, or one that a module of the user exports; user code
 * may do anything, so it is guarded.
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
 * Returns the selection of this name.
 * @param userModule Returns what a loaded module of the user exports, by its path.
 * @throws RangeError if the module was not loaded.
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
 * Wraps a selection so that it never throws, chooses only candidates, each at most once, and no more than allowed.
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

/** The distinct items that a selection returns; undefined if it fails. */
function selectedBy(
  selection: BeaconSelection,
  candidates: readonly BeaconCandidate[],
  most: number,
): ReadonlySet<unknown> | undefined {
  try {
    const chosen: unknown = selection.select(candidates, most);
    return Array.isArray(chosen) ? new Set(chosen) : undefined;
  } catch {
    // The code is the user's: an error that it throws is not a mistake of the node.
    return undefined;
  }
}

function isSelection(exported: unknown): exported is BeaconSelection {
  const { select } = (exported ?? {}) as { readonly select?: unknown };
  return typeof select === 'function';
}
