/**
 * Vault: the change of the state that an operation makes, and the dots and erasures that a new operation
 * has to name.
 *
 * @module
 */
import type { Dot, OrSet } from './crdt/or-set.ts';
import { compareNames, type Stamp } from './crdt/stamp.ts';
import { VaultState } from './crdt/vault-state.ts';
import { COVERED_MAX } from './geometry.ts';
import type { Operation } from './operation.ts';
import { compareDots, type DotName } from './operation-body.ts';

/** The change that an operation makes, as a small state to be merged. */
export function changeOf<Source>(operation: Operation, source: Source): VaultState<Source> {
  const { actor, key, stamp, body } = operation;
  const change = erasuresIn(operation, source);
  switch (body.kind) {
    case 'write':
      change.registers.set(key, { value: body.value, stamp, source });
      break;
    case 'increment':
      change.counterOf(key).totals.set(actor, { added: body.added, taken: body.taken, source });
      break;
    case 'add':
      change.setOf(key).insert({ actor, count: body.count, element: body.element, value: source });
      cover(change.setOf(key), body.covered);
      break;
    case 'remove':
      cover(change.setOf(key), body.covered);
      break;
    case 'write-field': {
      const value = { value: body.value, stamp, source };
      change.mapOf(key).insert({ actor, count: body.count, element: body.element, value });
      cover(change.mapOf(key), body.covered);
      break;
    }
    case 'remove-field':
      cover(change.mapOf(key), body.covered);
      break;
    case 'erase':
      break;
  }
  return change;
}

/** The erasures in the change: the operation itself if it is an erasure, or those that a write names as seen. */
export function erasuresIn<Source>(operation: Operation, source: Source): VaultState<Source> {
  const change = new VaultState<Source>();
  for (const stamp of erasureStamps(operation)) {
    change.erasuresFor(operation.key).set(stamp[2], { stamp, source });
  }
  return change;
}

/** Names of actors in the body of an operation. */
export function actorsIn({ body }: Operation): readonly string[] {
  const actors: string[] = [];
  if ('covered' in body) for (const [actor] of body.covered) actors.push(actor);
  if ('erasures' in body) for (const [, , actor] of body.erasures) actors.push(actor);
  return actors;
}

/** The stamps of the erasures that a new write has to name. */
export function seenErasures(state: VaultState<unknown>, key: string): readonly Stamp[] {
  return Array.from(state.erasuresOf(key).values(), ({ stamp }) => stamp).sort((left, right) =>
    compareNames(left[2], right[2]),
  );
}

/** The dots of an element that a new operation replaces or removes. */
export function coveredDots(set: OrSet<unknown> | undefined, element: string): readonly DotName[] {
  const dots: readonly Dot<unknown>[] = set?.entries.get(element) ?? [];
  return dots
    .map(({ actor, count }): DotName => [actor, count])
    .sort(compareDots)
    .slice(0, COVERED_MAX);
}

/** The stamps of the erasures in an operation: its own if it is an erasure, or those that a write names as seen. */
export function erasureStamps({ body, stamp }: Operation): readonly Stamp[] {
  if (body.kind === 'erase') return [stamp];
  return 'erasures' in body ? body.erasures : [];
}

function cover(set: OrSet<unknown>, dots: readonly DotName[]): void {
  for (const [actor, count] of dots) set.context.add(actor, count);
}
