import { isDeepStrictEqual } from 'node:util';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  decodeProtobuf,
  encodeProtobuf,
  message,
  messageWithBytesCodec,
  optional,
  repeated,
} from '../../../../nodes/_kit/protobuf.ts';
import { PROTOBUF_REFUSALS } from '../../../../nodes/_kit/protobuf-reader.ts';
import { draws } from '../../../fixtures/draws.ts';
import { forMutants } from '../dtn/layer/mutations.ts';
import {
  ENTRY,
  ES_SEGMENT,
  MOST,
  randomSegment,
  SEGMENT,
  type Segment,
} from './protobuf-samples.ts';

const MUTANTS = 100_000;
/** A message of two bytes becomes an object of four values, each of which may be a number. */
const VALUES_PER_BYTE = 4;
const DEFAULTS = 64;

const KEEPING = message({
  signed: optional(10, messageWithBytesCodec(ENTRY)),
  entries: repeated(11, messageWithBytesCodec(ENTRY), { most: MOST }),
});

/** Short messages, alone and one after the other, and such as are close to a limit. */
function samples(): readonly Uint8Array[] {
  const draw = draws(2);
  const short = Array.from({ length: 400 }, () => encodeProtobuf(SEGMENT, randomSegment(draw)))
    .filter(({ length }) => length < 100)
    .slice(0, 60);
  const mtus = Array.from({ length: MOST }, () => 1);
  const large = { bandwidth: Number.MAX_SAFE_INTEGER, timestamp: Number.MIN_SAFE_INTEGER };
  return [
    ...short,
    ...short.slice(1).map((bytes, at) => concatBytes(bytes, short[at] as Uint8Array)),
    ...short.slice(0, 10).map((bytes) => concatBytes(fromHex('a00600'.repeat(64)), bytes)),
    concatBytes(encodeProtobuf(SEGMENT, { ...SEGMENT.zero, mtus }), fromHex('6001')),
    encodeProtobuf(SEGMENT, { ...SEGMENT.zero, ...large }),
  ];
}

/** How many values there are in a value, itself included. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1;
  const parts: readonly unknown[] = value instanceof Map ? [...value].flat() : Object.values(value);
  return parts.reduce<number>((sum, part) => sum + valuesIn(part), 1);
}

/** What protobuf-es reads, in our canonical form; its order of keys is another. */
function canonicalByEs(received: Uint8Array): Uint8Array {
  const read = fromBinary(ES_SEGMENT, received, { readUnknownFields: false });
  return again(toBinary(ES_SEGMENT, read));
}

function again(received: Uint8Array): Uint8Array {
  return encodeProtobuf(SEGMENT, decodeProtobuf(SEGMENT, received) as Segment);
}

/** What is wrong with a message that was accepted. */
function problemOf(read: Segment, canonical: Uint8Array, received: Uint8Array): string | undefined {
  if (valuesIn(read) > DEFAULTS + VALUES_PER_BYTE * received.length) return 'too many values';
  if (!equalBytes(again(canonical), canonical)) return 'not canonical';
  // Random messages in canonical form are compared in protobuf.test.ts.
  if (equalBytes(canonical, received)) return undefined;
  return equalBytes(canonicalByEs(received), canonical) ? undefined : 'not as protobuf-es reads it';
}

describe('hostile messages', () => {
  it(`are refused by name or read as protobuf-es reads them: ${MUTANTS} mutations`, () => {
    const refusals = new Set<string>();
    let changed = 0;
    forMutants(samples(), MUTANTS, (mutant, index) => {
      try {
        const read = decodeProtobuf(SEGMENT, mutant);
        if (typeof read === 'string') refusals.add(read);
        else {
          const canonical = encodeProtobuf(SEGMENT, read);
          const problem = problemOf(read, canonical, mutant);
          if (problem !== undefined) throw new Error(problem);
          if (!equalBytes(canonical, mutant)) changed += 1;
        }
      } catch (cause) {
        throw new Error(`mutant ${index}: ${toHex(mutant)}`, { cause });
      }
    });
    const known = Object.keys(PROTOBUF_REFUSALS).filter((name) => name !== 'kept-twice');
    expect([...refusals].sort()).toEqual(known.sort());
    expect(changed).toBeGreaterThan(MUTANTS / 20);
  });

  it('keep in each message the bytes that it was read from', () => {
    let seen = 0;
    forMutants(samples(), MUTANTS / 10, (mutant) => {
      const read = decodeProtobuf(KEEPING, mutant);
      if (typeof read === 'string') return;
      const all = read.signed === undefined ? read.entries : [read.signed, ...read.entries];
      for (const { bytes, message: inner } of all) {
        expect(isDeepStrictEqual(decodeProtobuf(ENTRY, bytes), inner)).toBe(true);
        expect(toHex(mutant)).toContain(toHex(bytes));
      }
      seen += all.length;
      const passedOn = decodeProtobuf(KEEPING, encodeProtobuf(KEEPING, read));
      expect(isDeepStrictEqual(passedOn, read)).toBe(true);
    });
    expect(seen).toBeGreaterThan(500);
  });
});
