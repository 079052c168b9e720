/**
 * The three kinds of messages with updates that are not hidden: all elements in 32 bits, all
 * elements in fewer bits, or only the elements that are not zero. Each is decoded to elements
 * modulo 2^32.
 *
 * @module
 */
import type { FederatedOptions } from '../config.ts';
import {
  packRingVector,
  reduceRingElements,
  signedRingElement,
  unpackRingVector,
} from '../secagg/ring.ts';
import type { FederatedMessage } from '../wire.ts';
import { coordinateBits } from './form.ts';

/** The option that decides how updates are sent. */
type PlainOptions = Pick<FederatedOptions, 'compression'>;

/** Bits of a value in a `sparse` message. */
const VALUE_BITS = 32;

/** Makes the message with an update. @param ring Elements modulo 2^32. */
export function makeUpdateMessage(
  { compression }: PlainOptions,
  session: Uint8Array,
  ring: Uint32Array,
): FederatedMessage {
  const bits = coordinateBits(compression);
  if (bits !== undefined) {
    const elements = ring.slice();
    reduceRingElements(elements, bits);
    return { kind: 'packed', session, elements: packRingVector(elements, bits) };
  }
  if (!isSparse(compression)) return { kind: 'update', session, vector: ring };
  const places = Uint32Array.from(ring.keys()).filter((place) => ring[place] !== 0);
  const values = places.map((place) => ring[place] as number);
  return {
    kind: 'sparse',
    session,
    places: packRingVector(places, placeBits(ring.length)),
    values: packRingVector(values, VALUE_BITS),
  };
}

/**
 * Reads the elements in a message with an update.
 * @param length Number of elements that there must be.
 * @returns undefined for a message that {@link makeUpdateMessage} does not make with these options.
 */
export function readUpdateMessage(
  message: FederatedMessage,
  { compression }: PlainOptions,
  length: number,
): Uint32Array | undefined {
  const bits = coordinateBits(compression);
  switch (message.kind) {
    case 'update':
      return bits === undefined && !isSparse(compression) ? message.vector : undefined;
    case 'packed':
      return bits === undefined ? undefined : unpacked(message.elements, bits, length);
    case 'sparse':
      return isSparse(compression) ? spread(message, length) : undefined;
    default:
      return undefined;
  }
}

function unpacked(elements: Uint8Array, bits: number, length: number): Uint32Array | undefined {
  const values = unpackRingVector(elements, { length, bits });
  if (typeof values === 'string') return undefined;
  return values.map((value) => signedRingElement(value, bits));
}

type SparseMessage = Extract<FederatedMessage, { kind: 'sparse' }>;

function spread({ places, values }: SparseMessage, length: number): Uint32Array | undefined {
  const count = Math.floor(values.length / (VALUE_BITS / 8));
  const at = unpackRingVector(places, { length: count, bits: placeBits(length) });
  const numbers = unpackRingVector(values, { length: count, bits: VALUE_BITS });
  if (typeof at === 'string' || typeof numbers === 'string') return undefined;
  const vector = new Uint32Array(length);
  let before = -1;
  for (const [index, place] of at.entries()) {
    if (place <= before || place >= length) return undefined;
    before = place;
    vector[place] = numbers[index] as number;
  }
  return vector;
}

function isSparse(compression: PlainOptions['compression']): boolean {
  return compression !== 'none' && ('topK' in compression || 'threshold' in compression);
}

/** Bits of an index into a vector of `length` elements. */
function placeBits(length: number): number {
  return Math.max(1, 32 - Math.clz32(length - 1));
}
