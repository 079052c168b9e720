/**
 * The record that two nodes exchange when they meet: the payload of a bundle from router to router.
 * It names the bundles that the sender has or had, and contains the table of the sender's router.
 *
 * ```
 * [version 1, kind, [name of a bundle, …], record of the router]
 * ```
 *
 * A name is a hash of the bundle's identity. Two bundles have the same name with probability 2^-53;
 * the neighbour would then not get the second of them.
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
/** Number of leading characters of a bundle's identity that are hashed into its name. */
const NAMED = 512;

/** The record that a node sends to a neighbour at an encounter. */
export interface EncounterRecord {
  /** A greeting gets an answer; an answer gets none. */
  readonly kind: 'greeting' | 'answer';
  /** Names of bundles, at most {@link ENCOUNTER_RECORD_BUNDLES_MAX}. */
  readonly known: readonly number[];
  /** Bytes of the sender's router for the router of the neighbour; empty if it sends none. */
  readonly router: Uint8Array;
}

/** Computes the name of a bundle in records from its identity `key`: a safe integer. */
export function bundleIdentityHash(key: string): number {
  const letters = Uint8Array.from(key, (letter) => letter.charCodeAt(0) & 0xff);
  return hashBytesTo53Bits(letters, NAMED);
}

/** Encodes the record of an encounter. */
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
 * @returns undefined if the bytes are not a record.
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
