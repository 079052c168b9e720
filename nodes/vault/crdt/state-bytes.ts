/**
 * The state of a vault in deterministic CBOR (RFC 8949 section 4.2.1), so that replicas can be
 * compared by their bytes:
 *
 * ```text
 * {1: {key: [value or null, [ms, logical, actor]]},            registers
 *  2: {key: [{actor: added}, {actor: taken}]},                 counters, without zeros
 *  3: {key: [{actor: count}, {element: [DOT, ...]}, [DOT, ...]]},         sets: clock, entries, cloud
 *  4: {key: [{actor: count}, {field: [[DOT, value, STAMP], ...]}, [DOT, ...]]},  maps, if there are any
 *  5: {key: {actor: [ms, logical]}}}                           erasures, if there are any
 *
 * DOT   [actor, count]; arrays are in the order of their encoded items
 * ```
 *
 * @module
 */
import { CBOR_MAP } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { compareBytes } from '../../_kit/bytes.ts';
import type { Counter } from './counter.ts';
import type { DotContext } from './dot-context.ts';
import type { Dot, OrSet } from './or-set.ts';
import type { Stamp } from './stamp.ts';
import type { Erasures, VaultState } from './vault-state.ts';
import type { Write } from './write.ts';

type Put<Value> = (writer: CborWriter, value: Value) => void;
type DotName = Pick<Dot<unknown>, 'actor' | 'count'>;

const encoder = new TextEncoder();

/** Encodes a state. */
export function encodeState(state: VaultState<unknown>): Uint8Array {
  const hasMaps = state.maps.size > 0;
  const hasErasures = state.erasures.size > 0;
  const writer = new CborWriter();
  writer.head(CBOR_MAP, 3 + Number(hasMaps) + Number(hasErasures));
  writer.uint(1);
  writeMap(writer, state.registers, writeRegister);
  writer.uint(2);
  writeMap(writer, state.counters, writeCounter);
  writer.uint(3);
  writeMap(writer, state.sets, writeDots);
  if (hasMaps) {
    writer.uint(4);
    writeMap(writer, state.maps, writeFields);
  }
  if (hasErasures) {
    writer.uint(5);
    writeMap(writer, state.erasures, writeErasures);
  }
  return writer.taken();
}

/** Writes a map in the order of its encoded keys. */
function writeMap<Value>(
  writer: CborWriter,
  map: ReadonlyMap<string, Value>,
  write: Put<Value>,
): void {
  writer.head(CBOR_MAP, map.size);
  const keys = Array.from(map.keys(), (key) => ({ key, bytes: encoder.encode(key) }));
  if (keys.length > 1) keys.sort((left, right) => compareEncoded(left.bytes, right.bytes));
  for (const { key } of keys) {
    writer.text(key);
    write(writer, map.get(key) as Value);
  }
}

/** Compares texts in the order of their encoded items, whose heads begin with the length. */
function compareEncoded(left: Uint8Array, right: Uint8Array): number {
  return left.length - right.length || compareBytes(left, right);
}

/** Dots in the order of their encoded items. */
function sorted<One extends DotName>(dots: Iterable<One>): readonly One[] {
  const all = [...dots];
  if (all.length < 2) return all;
  return all.sort(
    (left, right) =>
      compareEncoded(encoder.encode(left.actor), encoder.encode(right.actor)) ||
      left.count - right.count,
  );
}

function writeArray<One>(writer: CborWriter, items: readonly One[], write: Put<One>): void {
  writer.array(items.length);
  for (const item of items) write(writer, item);
}

function writeRegister(writer: CborWriter, { value, stamp }: Write<unknown>): void {
  writer.array(2);
  if (value === null) writer.null();
  else writer.string(value);
  writeStamp(writer, stamp);
}

function writeStamp(writer: CborWriter, [physicalMs, logical, actor]: Stamp): void {
  writer.array(3);
  writer.uint(physicalMs);
  writer.uint(logical);
  writer.text(actor);
}

function writeTime(writer: CborWriter, [physicalMs, logical]: Stamp): void {
  writer.array(2);
  writer.uint(physicalMs);
  writer.uint(logical);
}

function writeCounter(writer: CborWriter, { totals }: Counter<unknown>): void {
  writer.array(2);
  for (const part of ['added', 'taken'] as const) {
    const counts = [...totals].map(([actor, all]) => [actor, all[part]] as const);
    writeCounts(writer, new Map(counts.filter(([, count]) => count > 0)));
  }
}

function writeCounts(writer: CborWriter, counts: ReadonlyMap<string, number>): void {
  writeMap(writer, counts, (at, count) => at.uint(count));
}

function writeSet<Value>(
  writer: CborWriter,
  { context, entries }: OrSet<Value>,
  write: Put<Dot<Value>>,
): void {
  writer.array(3);
  writeCounts(writer, context.clock);
  writeMap(writer, entries, (at, dots) => writeArray(at, sorted(dots), write));
  writeArray(writer, sorted(cloudOf(context)), writeDot);
}

function cloudOf({ cloud }: DotContext): readonly DotName[] {
  return [...cloud].flatMap(([actor, counts]) => [...counts].map((count) => ({ actor, count })));
}

function writeDot(
  writer: CborWriter,
  { actor, count }: Pick<Dot<unknown>, 'actor' | 'count'>,
): void {
  writer.array(2);
  writer.text(actor);
  writer.uint(count);
}

function writeDots(writer: CborWriter, set: OrSet<unknown>): void {
  writeSet(writer, set, writeDot);
}

function writeFields(writer: CborWriter, map: OrSet<Write<unknown>>): void {
  writeSet(writer, map, writeField);
}

function writeErasures(writer: CborWriter, erasures: Erasures<unknown>): void {
  writeMap(writer, erasures, (at, { stamp }) => writeTime(at, stamp));
}

function writeField(writer: CborWriter, dot: Dot<Write<unknown>>): void {
  writer.array(3);
  writeDot(writer, dot);
  const { value, stamp } = dot.value;
  if (value === null) writer.null();
  else writer.string(value);
  writeStamp(writer, stamp);
}
