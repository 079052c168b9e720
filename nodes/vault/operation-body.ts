/**
 * Vault: what operations do, and their bodies in deterministic CBOR (RFC 8949 section 4.2.1):
 *
 * ```text
 * 0 write          [[STAMP, ...], value or null]              the erasures seen, by actor
 * 1 increment      [added, taken]                             the new totals of the actor
 * 2 add            [element, count, [DOT, ...]]               the new dot, and those it replaces
 * 3 remove         [element, [DOT, ...]]                      the dots removed
 * 4 write-field    [field, count, [DOT, ...], [STAMP, ...], value]
 * 5 remove-field   [field, [DOT, ...]]
 * 6 erase          null
 *
 * STAMP  [ms, logical, actor]     DOT  [actor, count]     value  see entry-keys.ts
 * ```
 *
 * Dots and stamps are in ascending order, none twice.
 *
 * @module
 */
import type { CborWriter } from '../../engine/pure/cbor-writer.ts';
import type { CborFieldReader } from '../_kit/cbor-fields.ts';
import { OPERATION_KINDS, type OperationKind } from './changes.ts';
import { compareNames, type Stamp } from './crdt/stamp.ts';
import {
  ACTORS_MAX,
  COUNTER_TOTAL_MAX,
  COVERED_MAX,
  KEY_BYTES_MAX,
  LOGICAL_MAX,
  NAME_BYTES_MAX,
  SEALED_BYTES_MAX,
  SEALED_BYTES_MIN,
} from './geometry.ts';

/** The name of a dot, without its element and value. */
export type DotName = readonly [actor: string, count: number];

/** What an operation does. */
export type OperationBody =
  | {
      readonly kind: 'write';
      /** The erasures of the key that the actor had seen, by actor. */
      readonly erasures: readonly Stamp[];
      readonly value: Uint8Array | null;
    }
  | { readonly kind: 'increment'; readonly added: number; readonly taken: number }
  | {
      readonly kind: 'add';
      readonly element: string;
      readonly count: number;
      readonly covered: readonly DotName[];
    }
  | {
      readonly kind: 'remove' | 'remove-field';
      readonly element: string;
      readonly covered: readonly DotName[];
    }
  | {
      readonly kind: 'write-field';
      readonly element: string;
      readonly count: number;
      readonly covered: readonly DotName[];
      readonly erasures: readonly Stamp[];
      readonly value: Uint8Array;
    }
  | { readonly kind: 'erase' };

/** Writes a body. The caller keeps all fields within their bounds; nothing is checked. */
export function writeBody(writer: CborWriter, body: OperationBody): void {
  switch (body.kind) {
    case 'write':
      writer.array(2);
      writeStamps(writer, body.erasures);
      if (body.value === null) writer.null();
      else writer.string(body.value);
      break;
    case 'increment':
      writer.array(2);
      writer.uint(body.added);
      writer.uint(body.taken);
      break;
    case 'add':
      writer.array(3);
      writer.text(body.element);
      writer.uint(body.count);
      writeDots(writer, body.covered);
      break;
    case 'remove':
    case 'remove-field':
      writer.array(2);
      writer.text(body.element);
      writeDots(writer, body.covered);
      break;
    case 'write-field':
      writer.array(5);
      writer.text(body.element);
      writer.uint(body.count);
      writeDots(writer, body.covered);
      writeStamps(writer, body.erasures);
      writer.string(body.value);
      break;
    case 'erase':
      writer.null();
      break;
  }
}

/** Reads a body; a malformed one spoils the reader. */
export function readBody(fields: CborFieldReader, kind: OperationKind): OperationBody {
  switch (kind) {
    case 'write': {
      expectItems(fields, 2);
      const erasures = readStamps(fields);
      return { kind, erasures, value: fields.isNull() ? null : readSealed(fields) };
    }
    case 'increment':
      expectItems(fields, 2);
      return {
        kind,
        added: fields.uint(COUNTER_TOTAL_MAX),
        taken: fields.uint(COUNTER_TOTAL_MAX),
      };
    case 'add':
      expectItems(fields, 3);
      return { kind, ...readDot(fields) };
    case 'remove':
    case 'remove-field':
      expectItems(fields, 2);
      return { kind, element: fields.name(KEY_BYTES_MAX), covered: readDots(fields) };
    case 'write-field': {
      expectItems(fields, 5);
      const dot = readDot(fields);
      return { kind, ...dot, erasures: readStamps(fields), value: readSealed(fields) };
    }
    case 'erase':
      if (!fields.isNull()) fields.spoil();
      return { kind };
  }
}

/** Reads the kind of an operation. */
export function readKind(fields: CborFieldReader): OperationKind {
  return fields.word(OPERATION_KINDS);
}

/** Reads a stamp. */
export function readStamp(fields: CborFieldReader): Stamp {
  expectItems(fields, 3);
  return [fields.uint(), fields.uint(LOGICAL_MAX), fields.name(NAME_BYTES_MAX)];
}

/** Writes a stamp. */
export function writeStamp(writer: CborWriter, [physicalMs, logical, actor]: Stamp): void {
  writer.array(3);
  writer.uint(physicalMs);
  writer.uint(logical);
  writer.text(actor);
}

/** Reads dots in ascending order; `most` is their largest number. */
export function readDots(fields: CborFieldReader, most: number = COVERED_MAX): readonly DotName[] {
  const count = fields.array(most);
  const dots: DotName[] = [];
  for (let index = 0; index < count && !fields.isSpoilt; index += 1) {
    expectItems(fields, 2);
    const dot: DotName = [fields.name(NAME_BYTES_MAX), readCount(fields)];
    const last = dots.at(-1);
    if (last !== undefined && compareDots(last, dot) >= 0) fields.spoil();
    dots.push(dot);
  }
  return dots;
}

/** Writes dots, which are in ascending order. */
export function writeDots(writer: CborWriter, dots: readonly DotName[]): void {
  writer.array(dots.length);
  for (const [actor, count] of dots) {
    writer.array(2);
    writer.text(actor);
    writer.uint(count);
  }
}

/** Compares dots, for `Array.sort`. */
export function compareDots(left: DotName, right: DotName): number {
  return compareNames(left[0], right[0]) || left[1] - right[1];
}

/** Reads the number of a dot, from 1. */
function readCount(fields: CborFieldReader): number {
  const count = fields.uint();
  if (count === 0) fields.spoil();
  return count;
}

function readDot(fields: CborFieldReader): {
  readonly element: string;
  readonly count: number;
  readonly covered: readonly DotName[];
} {
  return {
    element: fields.name(KEY_BYTES_MAX),
    count: readCount(fields),
    covered: readDots(fields),
  };
}

function readStamps(fields: CborFieldReader): readonly Stamp[] {
  const count = fields.array(ACTORS_MAX);
  const stamps: Stamp[] = [];
  for (let index = 0; index < count && !fields.isSpoilt; index += 1) {
    const stamp = readStamp(fields);
    const last = stamps.at(-1);
    if (last !== undefined && compareNames(last[2], stamp[2]) >= 0) fields.spoil();
    stamps.push(stamp);
  }
  return stamps;
}

function writeStamps(writer: CborWriter, stamps: readonly Stamp[]): void {
  writer.array(stamps.length);
  for (const stamp of stamps) writeStamp(writer, stamp);
}

function readSealed(fields: CborFieldReader): Uint8Array {
  return fields.bytes(SEALED_BYTES_MAX, SEALED_BYTES_MIN);
}

function expectItems(fields: CborFieldReader, count: number): void {
  if (fields.array(count) !== count) fields.spoil();
}
