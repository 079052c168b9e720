/**
 * What two nodes tell each other when they meet: a bundle from router to router, whose payload names
 * the bundles that a node has or had, and holds the record of its router.
 *
 * ```
 * [version 1, kind, [name of a bundle, …], record of the router]
 * ```
 *
 * A name is a hash of the bundle's identity. One pair of bundles in 2^53 has the same name; then the
 * neighbour would not get the second one.
 *
 * @module
 */

import { CBOR_ARRAY, CBOR_BYTES, CBOR_UINT, CborReader } from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { hashBytesTo53Bits } from '../../_kit/bytes-name.ts';
import { ENCOUNTER_RECORD_BUNDLES_MAX } from '../geometry.ts';

const VERSION = 1;
const ELEMENTS = 4;
const KINDS = ['greeting', 'answer'] as const;
/** Number of first letters of a bundle's identity from which the bundle's name in records is made. */
const NAMED = 512;

/** The summary that one of two nodes sends the other at an encounter. */
export interface EncounterRecord {
  /** A greeting gets an answer; an answer gets none. */
  readonly kind: 'greeting' | 'answer';
  /** Names of bundles, at most {@link ENCOUNTER_RECORD_BUNDLES_MAX}. */
  readonly known: readonly number[];
  /** What the router of the sender tells the router of the neighbour. */
  readonly router: Uint8Array;
}

/** The name of a bundle in records. */
export function bundleIdentityHash(key: string): number {
  const letters = Uint8Array.from(key, (letter) => letter.charCodeAt(0) & 0xff);
  return hashBytesTo53Bits(letters, NAMED);
}

/** Encodes a record. */
export function encodeEncounterRecord({ kind, known, router }: EncounterRecord): Uint8Array {
  const writer = new CborWriter();
  writer.array(ELEMENTS);
  writer.uint(VERSION);
  writer.uint(KINDS.indexOf(kind));
  writer.array(known.length);
  for (const name of known) writer.uint(name);
  writer.string(router);
  return writer.taken();
}

/**
 * Decodes a record of an encounter.
 * @returns undefined if the bytes are no record.
 */
export function decodeEncounterRecord(bytes: Uint8Array): EncounterRecord | undefined {
  const reader = new CborReader();
  reader.open(bytes, 0, bytes.length);
  const isOurs = next(reader, CBOR_ARRAY) === ELEMENTS && next(reader, CBOR_UINT) === VERSION;
  const kind = isOurs ? KINDS[next(reader, CBOR_UINT) ?? KINDS.length] : undefined;
  const known = kind && namesIn(reader);
  if (kind === undefined || known === undefined) return undefined;
  if (!reader.string(CBOR_BYTES) || reader.at !== reader.end) return undefined;
  return { kind, known, router: reader.content };
}

/** The argument of the next CBOR head; undefined if the head has another major type. */
function next(reader: CborReader, major: number): number | undefined {
  return reader.expect(major) && reader.isExact ? reader.argument : undefined;
}

function namesIn(reader: CborReader): readonly number[] | undefined {
  const count = next(reader, CBOR_ARRAY);
  if (count === undefined || count > ENCOUNTER_RECORD_BUNDLES_MAX) return undefined;
  const names: number[] = [];
  for (let left = count; left > 0; left -= 1) {
    const name = next(reader, CBOR_UINT);
    if (name === undefined) return undefined;
    names.push(name);
  }
  return names;
}
