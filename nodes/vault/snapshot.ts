/**
 * Vault: the state of a replica with the signatures to verify it, for a replica that lacks operations which are no
 * longer in the log. In deterministic CBOR (RFC 8949 section 4.2.1):
 *
 * ```text
 * [1, [ITEM, ...], [proof, ...], [SEEN, ...], [SEEN, ...]]       sets, then maps
 *
 * ITEM  [operation, wrapped key or null]     SEEN  [key, [DOT, ...], [DOT, ...]]: clock and cloud
 * ```
 *
 * Every value, count, element and operation number in it is signed by its actor. Removals are not signed: a snapshot
 * can hide elements and earlier operations, but it can forge none.
 *
 * @module
 */
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { CborFieldReader } from '../_kit/cbor-fields.ts';
import type { Item } from './changes.ts';
import { DotContext } from './crdt/dot-context.ts';
import { compareNames } from './crdt/stamp.ts';
import {
  ACTORS_MAX,
  KEY_BYTES_MAX,
  OPERATION_BYTES_MAX,
  SNAPSHOT_BYTES_MAX,
  STATE_MAX,
  VAULT_FORMAT_VERSION,
  WRAPPED_KEY_BYTES,
} from './geometry.ts';
import { compareDots, type DotName, readDots, writeDots } from './operation-body.ts';

const ITEMS = 5;
/** Most items of any list in a snapshot. */
const LIST_MAX = 2 * STATE_MAX;

/** What a set or map has seen, without its elements. Dots are in ascending order. */
export interface SeenDots {
  /** By actor, the number up to which all of its dots were seen. */
  readonly clock: readonly DotName[];
  /** Dots that were seen beyond a gap. */
  readonly cloud: readonly DotName[];
}

/** A state whose values are all in operations that their actors have signed. */
export interface Snapshot {
  /** Operations whose values, counts or dots are part of the state, by actor, then by number. */
  readonly items: readonly Item[];
  /**
   * Operations that prove the last number of an actor, or an erasure, and contribute nothing else. By actor, then by
   * number.
   */
  readonly proofs: readonly Uint8Array[];
  /** Dots that sets have seen, by key: a dot that was seen and is in no item was removed. */
  readonly sets: ReadonlyMap<string, SeenDots>;
  /** The same for maps. */
  readonly maps: ReadonlyMap<string, SeenDots>;
}

/** Encodes a snapshot. */
export function encodeSnapshot({ items, proofs, sets, maps }: Snapshot): Uint8Array {
  const writer = new CborWriter();
  writer.array(ITEMS);
  writer.uint(VAULT_FORMAT_VERSION);
  writer.array(items.length);
  for (const { operation, wrappedKey } of items) {
    writer.array(2);
    writer.string(operation);
    if (wrappedKey === null) writer.null();
    else writer.string(wrappedKey);
  }
  writer.array(proofs.length);
  for (const proof of proofs) writer.string(proof);
  writeSeen(writer, sets);
  writeSeen(writer, maps);
  return writer.taken();
}

/** Decodes a snapshot; undefined if it is malformed or larger than {@link SNAPSHOT_BYTES_MAX}. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot | undefined {
  if (bytes.length > SNAPSHOT_BYTES_MAX) return undefined;
  const fields = new CborFieldReader(bytes);
  if (fields.array(ITEMS) !== ITEMS || fields.uint() !== VAULT_FORMAT_VERSION) return undefined;
  const items = readList(fields, readItem);
  const proofs = readList(fields, (at) => at.bytes(OPERATION_BYTES_MAX));
  const sets = readSeen(fields);
  const maps = readSeen(fields);
  return fields.isGood ? { items, proofs, sets, maps } : undefined;
}

/** The context of a set in the form of snapshots. */
export function seenDotsOf({ clock, cloud }: DotContext): SeenDots {
  const beyond = [...cloud].flatMap(([actor, counts]) =>
    Array.from(counts, (count): DotName => [actor, count]),
  );
  return { clock: [...clock].sort(compareDots), cloud: beyond.sort(compareDots) };
}

/** The context of a set, from the form in snapshots. */
export function contextOf({ clock, cloud }: SeenDots): DotContext {
  const context = new DotContext();
  for (const [actor, count] of clock) context.clock.set(actor, count);
  for (const [actor, count] of cloud) context.add(actor, count);
  return context;
}

function writeSeen(writer: CborWriter, sets: ReadonlyMap<string, SeenDots>): void {
  writer.array(sets.size);
  for (const [key, { clock, cloud }] of [...sets].sort(([left], [right]) =>
    compareNames(left, right),
  )) {
    writer.array(3);
    writer.text(key);
    writeDots(writer, clock);
    writeDots(writer, cloud);
  }
}

function readSeen(fields: CborFieldReader): ReadonlyMap<string, SeenDots> {
  const list = readList(fields, (at): [string, SeenDots] => {
    if (at.array(3) !== 3) at.spoil();
    const key = at.name(KEY_BYTES_MAX);
    const clock = readDots(at, ACTORS_MAX);
    if (clock.some(([actor], index) => clock[index - 1]?.[0] === actor)) at.spoil();
    return [key, { clock, cloud: readDots(at, LIST_MAX) }];
  });
  const sets = new Map(list);
  if (
    list.some(([key], index) => index > 0 && compareNames(list[index - 1]?.[0] ?? '', key) >= 0)
  ) {
    fields.spoil();
  }
  return sets;
}

function readItem(fields: CborFieldReader): Item {
  if (fields.array(2) !== 2) fields.spoil();
  const operation = fields.bytes(OPERATION_BYTES_MAX);
  const wrappedKey = fields.isNull() ? null : fields.bytes(WRAPPED_KEY_BYTES, WRAPPED_KEY_BYTES);
  return { operation, wrappedKey };
}

function readList<One>(
  fields: CborFieldReader,
  read: (fields: CborFieldReader) => One,
): readonly One[] {
  const count = fields.array(LIST_MAX);
  const list: One[] = [];
  for (let index = 0; index < count && !fields.isSpoilt; index += 1) list.push(read(fields));
  return list;
}
