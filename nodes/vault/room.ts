/**
 * Vault: whether a state has room for an operation or a snapshot, in entries and in bytes, so that its own snapshot
 * still fits into one message. The checks come before any work, and use upper bounds.
 *
 * @module
 */
import type { AppliedOperation } from './applied-operation.ts';
import type { DotContext } from './crdt/dot-context.ts';
import { keyBytes, markBytes } from './crdt/snapshot-bytes.ts';
import { compareStamps } from './crdt/stamp.ts';
import type { VaultState } from './crdt/vault-state.ts';
import {
  FREEING_BYTES_MAX,
  JOINED_BYTES_MAX,
  JOINED_STATE_MAX,
  STATE_BYTES_MAX,
  STATE_MAX,
} from './geometry.ts';
import { itemBytes, type Ledger, type OpenSnapshot } from './ledger.ts';
import { nameOf, type Operation } from './operation.ts';
import { actorsIn, erasureStamps } from './operation-effects.ts';
import type { SignedOperation } from './signed-operation.ts';
import type { SeenDots } from './snapshot.ts';

/** Largest growth of the state by an operation besides the dots and stamps that it names, entries. */
const GROWTH_MAX = 6;

type State = VaultState<AppliedOperation>;

/**
 * True if there is room for an operation. Erasures and removals have a reserve, so that a full vault can be emptied.
 * @param length Of the signed operation, bytes.
 */
export function hasRoom(ledger: Ledger, operation: Operation, length: number): boolean {
  const { state } = ledger;
  const { kind } = operation.body;
  const frees = kind === 'erase' || kind === 'remove' || kind === 'remove-field';
  const actors = actorsIn(operation);
  // Copies of the operation: as an entry, as the last one of its actor, and for each new erasure that it names.
  const copies = 2 + freshErasures(state, operation).length;
  let bytes = copies * itemBytes(length) + keyBytes(operation.key) + markBytes(operation.actor);
  for (const actor of actors) bytes += markBytes(actor);
  const isWithin = state.size + GROWTH_MAX + actors.length <= (frees ? 2 : 1) * STATE_MAX;
  return isWithin && ledger.bytes + bytes <= (frees ? FREEING_BYTES_MAX : STATE_BYTES_MAX);
}

/** True if there is room for what is in a snapshot and not here. */
export function hasRoomForSnapshot(ledger: Ledger, snapshot: OpenSnapshot): boolean {
  const { state } = ledger;
  const known = ledger.operations();
  const growth = { entries: 0, bytes: 0 };
  const stamps = new Set<string>();
  const replaced = new Set<string>();
  /** Bytes of the longest operation of each actor that may become its last one. */
  const heads = new Map<string, number>();
  const grow = (opened: SignedOperation, copies: number): void => {
    const { operation, signed } = opened;
    if (known.has(nameOf(operation))) return;
    const fresh = freshErasures(state, operation).map((stamp) => `${operation.key} ${stamp}`);
    const news = fresh.filter((stamp) => !stamps.has(stamp));
    for (const stamp of news) stamps.add(stamp);
    growth.entries += copies + news.length;
    growth.bytes += (copies + news.length) * itemBytes(signed.length);
    const head = Math.max(heads.get(operation.actor) ?? 0, itemBytes(signed.length));
    heads.set(operation.actor, head);
    // A register keeps only one of two writes.
    const before = operation.body.kind === 'write' && state.registers.get(operation.key);
    if (!before || replaced.has(operation.key)) return;
    replaced.add(operation.key);
    growth.bytes -= itemBytes(Math.min(before.source.signed.length, signed.length));
  };
  for (const item of snapshot.items) grow(item, 1);
  for (const proof of snapshot.proofs) grow(proof, 0);
  for (const head of heads.values()) growth.bytes += head;
  for (const kind of ['sets', 'maps'] as const) {
    for (const [key, seen] of snapshot[kind]) {
      const context = state[kind].get(key)?.context;
      if (context === undefined) {
        growth.entries += 1;
        growth.bytes += keyBytes(key);
      }
      for (const actor of newMarks(context, seen)) {
        growth.entries += 1;
        growth.bytes += markBytes(actor);
      }
    }
  }
  return (
    state.size + growth.entries <= JOINED_STATE_MAX &&
    ledger.bytes + growth.bytes <= JOINED_BYTES_MAX
  );
}

/** The actors of the marks that a context does not have. */
function* newMarks(context: DotContext | undefined, { clock, cloud }: SeenDots): Generator<string> {
  for (const [actor] of clock) if (context?.clock.has(actor) !== true) yield actor;
  for (const [actor, count] of cloud) if (context?.has(actor, count) !== true) yield actor;
}

/** The stamps of erasures in an operation that are newer than the known ones. */
function freshErasures(state: State, operation: Operation): ReturnType<typeof erasureStamps> {
  const known = state.erasuresOf(operation.key);
  return erasureStamps(operation).filter((stamp) => {
    const ours = known.get(stamp[2]);
    return ours === undefined || compareStamps(ours.stamp, stamp) < 0;
  });
}
