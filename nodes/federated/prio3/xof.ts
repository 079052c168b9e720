/**
 * The extendable output function of Prio3, TurboSHAKE128 (RFC 9861; draft-irtf-cfrg-vdaf section
 * 6.2), and the domain separation tags of its uses (section 7.2).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import { type Field, numberAt } from './field.ts';
import { CLASS_VDAF, DOMAIN, TAG_PREFIX, VERSION } from './geometry.ts';

/** Input of the function; a seed has at most 255 bytes, a tag at most 65,535. */
export interface XofInput {
  readonly seed: Uint8Array;
  readonly tag: Uint8Array;
  readonly binder: Uint8Array;
}

/** The tag of a usage: version, class, algorithm, usage and the context of the application. */
export function usageTag(algorithm: number, usage: number, context: Uint8Array): Uint8Array {
  const tag = new Uint8Array(TAG_PREFIX + context.length);
  const view = new DataView(tag.buffer);
  tag[0] = VERSION;
  tag[1] = CLASS_VDAF;
  view.setUint32(2, algorithm);
  view.setUint16(6, usage);
  tag.set(context, TAG_PREFIX);
  return tag;
}

/** The first `length` bytes of output. */
export function xofBytes(
  crypto: CryptoProvider,
  { seed, tag, binder }: XofInput,
  length: number,
): Uint8Array {
  const head = Uint8Array.of(tag.length & 0xff, tag.length >> 8);
  const input = concatBytes(head, tag, Uint8Array.of(seed.length), seed, binder);
  return crypto.turboShake128(input, { domain: DOMAIN, length });
}

/** A vector of `count` elements: the output in pieces as long as an element, without those too large. */
export function xofVector(
  crypto: CryptoProvider,
  input: XofInput,
  { field, count }: { readonly field: Field; readonly count: number },
): bigint[] {
  if (count === 0) return [];
  // Output is one stream: asking for more repeats what came before.
  for (let spare = 0; ; spare = 2 * spare + 1) {
    const bytes = xofBytes(crypto, input, (count + spare) * field.size);
    const vector = reduced(field, bytes, count);
    if (vector.length === count) return vector;
  }
}

/** The first `count` elements below the modulus, or as many as there are. */
export function reduced(field: Field, bytes: Uint8Array, count: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const vector: bigint[] = [];
  for (let at = 0; at < bytes.length && vector.length < count; at += field.size) {
    const element = numberAt(field, view, at);
    if (element < field.modulus) vector.push(element);
  }
  return vector;
}
