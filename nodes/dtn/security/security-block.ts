/**
 * The data of security blocks, in the form that integrity and confidentiality blocks share (RFC 9172
 * section 3.6). A sequence of CBOR items, not an array:
 *
 * ```
 * [target, ...]  context  flags  source  ([[id, value], ...])  [[[id, value], ...], ...]
 * ```
 *
 * Parameters are there if flag 0x01 is set; there is one list of results for each target, in the
 * same order. The meaning of a value depends on the context, so values are kept as bytes of CBOR.
 *
 * @module
 */
import { endOfItem } from '../../../engine/pure/cbor-end-of-item.ts';
import { CBOR_ARRAY, CBOR_BYTES, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BUNDLE_BLOCKS_MAX, CBOR_DEPTH_MAX } from '../geometry.ts';
import type { Eid } from '../wire/eid.ts';
import { readEid } from '../wire/eid-wire.ts';

/** Flag: parameters are present (RFC 9172 section 3.6). */
const HAS_PARAMETERS = 0x1;
/**
 * Largest number of parameters, and of results of a target (our choice): RFC 9173 defines at most four
 * parameters.
 */
const VALUES_MAX = 16;

/** A parameter or a result of a security block. */
export interface SecurityValue {
  readonly id: number;
  /** The value, encoded as one CBOR item. */
  readonly item: Uint8Array;
}

/** A target of a security block with its results. */
export interface SecurityTarget {
  /** Number of a block; 0 is the primary block. */
  readonly number: number;
  readonly results: readonly SecurityValue[];
}

/** The data of a security block. */
export interface SecurityBlock {
  /** The target blocks of its operations: at least one, all different. */
  readonly targets: readonly SecurityTarget[];
  readonly context: number;
  readonly source: Eid;
  /** The encoded `source` as received, since an identifier has several encodings. */
  readonly sourceBytes: Uint8Array;
  readonly parameters: readonly SecurityValue[];
}

/** Reads the data of a security block; undefined if they are malformed. */
export function decodeSecurityBlock(data: Uint8Array): SecurityBlock | undefined {
  const reader = new CborReader();
  reader.open(data, 0, data.length);
  const numbers = readTargets(reader);
  // Security context numbers may be negative.
  const context = reader.integer();
  if (numbers === undefined || context === undefined) return undefined;
  if (!reader.expect(CBOR_UINT) || reader.argument > HAS_PARAMETERS) return undefined;
  const hasParameters = reader.argument === HAS_PARAMETERS;
  const sourceAt = reader.at;
  const source = readEid(reader);
  if (source === undefined) return undefined;
  const sourceBytes = data.subarray(sourceAt, reader.at);
  const parameters = hasParameters ? readValues(reader) : [];
  if (parameters === undefined) return undefined;
  if (!reader.expect(CBOR_ARRAY) || reader.argument !== numbers.length) return undefined;
  const targets: SecurityTarget[] = [];
  for (const number of numbers) {
    const results = readValues(reader);
    if (results === undefined) return undefined;
    targets.push({ number, results });
  }
  if (reader.at !== data.length) return undefined;
  return { targets, context, source, sourceBytes, parameters };
}

function readTargets(reader: CborReader): readonly number[] | undefined {
  if (!reader.expect(CBOR_ARRAY)) return undefined;
  const count = reader.argument;
  if (count < 1 || count > BUNDLE_BLOCKS_MAX) return undefined;
  const numbers = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    if (!reader.expect(CBOR_UINT) || !reader.isExact) return undefined;
    numbers.add(reader.argument);
  }
  // RFC 9172 section 3.6: each target once.
  return numbers.size === count ? [...numbers] : undefined;
}

/** Reads a list of pairs `[id, value]`; undefined if an id occurs twice. */
function readValues(reader: CborReader): readonly SecurityValue[] | undefined {
  if (!reader.expect(CBOR_ARRAY) || reader.argument > VALUES_MAX) return undefined;
  const count = reader.argument;
  const values: SecurityValue[] = [];
  for (let index = 0; index < count; index += 1) {
    if (!reader.expect(CBOR_ARRAY) || reader.argument !== 2) return undefined;
    if (!reader.expect(CBOR_UINT)) return undefined;
    const id = reader.argument;
    const { at } = reader;
    const end = endOfItem(reader.bytes, at, reader.end, CBOR_DEPTH_MAX);
    if (end < 0 || values.some((value) => value.id === id)) return undefined;
    values.push({ id, item: reader.bytes.subarray(at, end) });
    reader.at = end;
  }
  return values;
}

/** Encodes the data of a security block. */
export function encodeSecurityBlock(block: SecurityBlock): Uint8Array {
  const { targets, context, sourceBytes, parameters } = block;
  const writer = new CborWriter();
  writer.array(targets.length);
  for (const { number } of targets) writer.uint(number);
  writer.integer(context);
  writer.uint(parameters.length === 0 ? 0 : HAS_PARAMETERS);
  writer.raw(sourceBytes);
  if (parameters.length > 0) writeValues(writer, parameters);
  writer.array(targets.length);
  for (const { results } of targets) writeValues(writer, results);
  return writer.taken();
}

function writeValues(writer: CborWriter, values: readonly SecurityValue[]): void {
  writer.array(values.length);
  for (const { id, item } of values) {
    writer.array(2);
    writer.uint(id);
    writer.raw(item);
  }
}

/** Makes a value that is an unsigned integer. */
export function createUintValue(id: number, value: number): SecurityValue {
  const writer = new CborWriter();
  writer.uint(value);
  return { id, item: writer.taken() };
}

/** Makes a value that is a byte string. */
export function createBytesValue(id: number, value: Uint8Array): SecurityValue {
  const writer = new CborWriter();
  writer.string(value);
  return { id, item: writer.taken() };
}

/** Returned for a value that is present but does not have the requested type. */
export const WRONG_TYPE: unique symbol = Symbol('wrong type');

/** Finds the unsigned integer with the id `wanted`; undefined if there is no value with this id. */
export function findUintValue(
  values: readonly SecurityValue[],
  wanted: number,
): number | undefined | typeof WRONG_TYPE {
  const found = values.find(({ id }) => id === wanted);
  if (found === undefined) return undefined;
  const reader = new CborReader();
  reader.open(found.item, 0, found.item.length);
  return reader.expect(CBOR_UINT) ? reader.argument : WRONG_TYPE;
}

/** Finds the byte string with the id `wanted`; undefined if there is no value with this id. */
export function findBytesValue(
  values: readonly SecurityValue[],
  wanted: number,
): Uint8Array | undefined | typeof WRONG_TYPE {
  const found = values.find(({ id }) => id === wanted);
  if (found === undefined) return undefined;
  const reader = new CborReader();
  reader.open(found.item, 0, found.item.length);
  return reader.string(CBOR_BYTES) ? reader.content : WRONG_TYPE;
}
