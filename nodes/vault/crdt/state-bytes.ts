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
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { compareBytes } from '../../_kit/bytes.ts';
import type { Counter } from './counter.ts';
import type { DotContext } from './dot-context.ts';
import type { Dot, OrSet } from './or-set.ts';
import type { Stamp } from './stamp.ts';
import type { Erasures, VaultState } from './vault-state.ts';
import type { Write } from './write.ts';

type Fill = (writer: CborWriter) => void;
type Put<Value> = (writer: CborWriter, value: Value) => void;

/** Encodes a state. */
export function encodeState(state: VaultState<unknown>): Uint8Array {
  const parts: [number, Uint8Array][] = [
    [1, encodedMap(state.registers, writeRegister)],
    [2, encodedMap(state.counters, writeCounter)],
    [3, encodedMap(state.sets, writeDots)],
  ];
  if (state.maps.size > 0) parts.push([4, encodedMap(state.maps, writeFields)]);
  if (state.erasures.size > 0) parts.push([5, encodedMap(state.erasures, writeErasures)]);
  return encoded((writer) => {
    writer.map(parts.map(([number, part]) => [encoded((key) => key.uint(number)), part]));
  });
}

function encodedMap<Value>(map: ReadonlyMap<string, Value>, write: Put<Value>): Uint8Array {
  return encoded((writer) => writeMap(writer, map, write));
}

function encoded(fill: Fill): Uint8Array {
  const writer = new CborWriter();
  fill(writer);
  return writer.bytes.subarray(0, writer.length);
}

function writeMap<Value>(
  writer: CborWriter,
  map: ReadonlyMap<string, Value>,
  write: Put<Value>,
): void {
  writer.map(
    [...map].map(([key, value]) => [
      encoded((at) => at.text(key)),
      encoded((at) => write(at, value)),
    ]),
  );
}

function writeSorted<Item>(writer: CborWriter, items: Iterable<Item>, write: Put<Item>): void {
  const parts = Array.from(items, (item) => encoded((at) => write(at, item))).sort(compareBytes);
  writer.array(parts.length);
  for (const part of parts) writer.raw(part);
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
  writeMap(writer, entries, (at, dots) => writeSorted(at, dots, write));
  writeSorted(writer, cloudOf(context), writeDot);
}

function cloudOf({ cloud }: DotContext): readonly Pick<Dot<never>, 'actor' | 'count'>[] {
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
