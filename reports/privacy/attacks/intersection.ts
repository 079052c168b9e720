/**
 * Intersection attacks: receivers in every batch in which Alice took part, minimal hitting sets if she
 * has several partners, and users that were online in every round of a pseudonym
 * (docs/spec/privacy-metrics.md, "Attacks").
 *
 * Finding a minimal hitting set is NP-hard: the search stops at a limit and reports that it did.
 *
 * @module
 */

/** Alice with one partner among `receivers`, in batches of `batch` messages. */
export interface IntersectionSetting {
  readonly receivers: number;
  readonly batch: number;
  readonly rounds: number;
}

/** Expected number of receivers left after t rounds: 1 + (N-1) (1 - (1 - 1/N)^(b-1))^t. */
export function expectedSurvivors({ receivers, batch, rounds }: IntersectionSetting): number {
  const present = -Math.expm1((batch - 1) * Math.log1p(-1 / receivers));
  return 1 + (receivers - 1) * present ** rounds;
}

/**
 * Intersection of all sets: receivers in all batches, or users online in all rounds of a pseudonym.
 * @returns in ascending order; empty when there is no set.
 */
export function membersOfAllSets<T>(sets: readonly ReadonlySet<T>[]): readonly T[] {
  const [first, ...rest] = [...sets].sort((a, b) => a.size - b.size);
  if (first === undefined) return [];
  return [...first].filter((member) => rest.every((set) => set.has(member))).sort(byText);
}

function byText(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** The result of a search for hitting sets. */
export interface HittingSets<T> {
  /** Sets of the smallest size with a member in every batch; the members of each set are sorted. */
  readonly sets: readonly (readonly T[])[];
  /** False when the search stopped at its limit: there may be more sets, or smaller ones. */
  readonly isComplete: boolean;
}

/** Limits of the search. */
export interface HittingSetSearchLimits {
  /** Largest size of the sets that are tried. */
  readonly partners: number;
  /** Number of steps after which the search stops; a step extends one set. */
  readonly stepsMax: number;
}

/** Finds the smallest sets of at most `partners` receivers with a member in every batch. */
export function findHittingSets<T>(
  batches: readonly ReadonlySet<T>[],
  search: HittingSetSearchLimits,
): HittingSets<T> {
  const state = { steps: 0, found: new Map<string, readonly T[]>() };
  for (let size = 1; size <= search.partners; size += 1) {
    const isComplete = extend(batches, [], { size, stepsMax: search.stepsMax, state });
    if (!isComplete || state.found.size > 0) return { sets: [...state.found.values()], isComplete };
  }
  return { sets: [], isComplete: true };
}

interface Extension<T> {
  readonly size: number;
  readonly stepsMax: number;
  readonly state: { steps: number; readonly found: Map<string, readonly T[]> };
}

/**
 * Adds, in turn, every member of the smallest batch that has no chosen receiver yet. Returns false if
 * the limit of steps stopped it.
 */
function extend<T>(
  batches: readonly ReadonlySet<T>[],
  chosen: readonly T[],
  how: Extension<T>,
): boolean {
  const { state } = how;
  state.steps += 1;
  if (state.steps > how.stepsMax) return false;
  const open = smallestUnmet(batches, chosen);
  if (open === undefined) {
    const set = [...chosen].sort(byText);
    state.found.set(JSON.stringify(set), set);
    return true;
  }
  if (chosen.length === how.size) return true;
  return [...open].every((member) => extend(batches, [...chosen, member], how));
}

function smallestUnmet<T>(
  batches: readonly ReadonlySet<T>[],
  chosen: readonly T[],
): ReadonlySet<T> | undefined {
  let smallest: ReadonlySet<T> | undefined;
  for (const batch of batches) {
    if (smallest !== undefined && batch.size >= smallest.size) continue;
    if (!chosen.some((member) => batch.has(member))) smallest = batch;
  }
  return smallest;
}
