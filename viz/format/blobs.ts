/**
 * Reads the blobs (byte strings of variable length) in state and keyframe blocks: CBOR text strings
 * and maps of text to text (RFC 8949). Returns undefined for anything else, and for a blob that
 * would extend beyond its block; lengths are checked before they are used.
 *
 * @module
 */
import { CBOR_MAP, CBOR_TEXT, CborReader } from '../../engine/pure/cbor-reader.ts';

/** The state of each machine, by the name of the machine. */
export type MachineStates = ReadonlyMap<string, string>;

const reader = new CborReader();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns the bytes of one blob in the variable part of a block; undefined if the block has no such
 * blob.
 * @param number Number of the blob, counted from 0.
 */
export function blobAt(aux: Uint8Array, number: number): Uint8Array | undefined {
  if (aux.length < 4) return undefined;
  const view = new DataView(aux.buffer, aux.byteOffset, aux.byteLength);
  const count = view.getUint32(0, true);
  const front = 4 * (count + 2);
  if (!(number < count) || front > aux.length) return undefined;
  const begin = front + view.getUint32(4 * (number + 1), true);
  const end = front + view.getUint32(4 * (number + 2), true);
  return begin <= end && end <= aux.length ? aux.subarray(begin, end) : undefined;
}

/** Reads a blob that is a text; undefined for any other blob. */
export function textOf(blob: Uint8Array): string | undefined {
  reader.open(blob, 0, blob.length);
  const text = nextText();
  return reader.at === reader.end ? text : undefined;
}

/** Reads a blob that is a map of text to text; undefined for any other blob. */
export function readStatesBlob(blob: Uint8Array): MachineStates | undefined {
  reader.open(blob, 0, blob.length);
  if (!reader.expect(CBOR_MAP)) return undefined;
  const states = new Map<string, string>();
  for (let pairs = reader.argument; pairs > 0; pairs -= 1) {
    const key = nextText();
    const value = nextText();
    if (key === undefined || value === undefined) return undefined;
    states.set(key, value);
  }
  return states;
}

function nextText(): string | undefined {
  if (!reader.string(CBOR_TEXT)) return undefined;
  try {
    return decoder.decode(reader.content);
  } catch {
    return undefined;
  }
}
