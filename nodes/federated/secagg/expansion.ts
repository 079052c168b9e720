/**
 * Computes the bytes of a round per client, by the formula of Bonawitz et al. (CCS 2017, section
 * 7.1) and by the messages of this suite; the byte counters of runs are compared with them.
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BOX_BYTES, KEY_BYTES, SESSION_ID_BYTES } from './geometry.ts';
import { packedVectorBytes } from './ring.ts';
import type { SecaggConfig } from './session-config.ts';

/** The parameters of a round in the paper's formula. */
export interface PaperRoundParameters {
  readonly clients: number;
  /** Number of elements of the vector. */
  readonly length: number;
  /** Bits of an element of one client's vector; an element of the sum has more. */
  readonly inputBits: number;
}

/** Bits of a public key or a share in the paper. */
const PAPER_KEY_BITS = 256;

/** Bytes of a client's traffic in both directions, after the paper's formula. */
export function paperClientBytes({ clients, length, inputBits }: PaperRoundParameters): number {
  const largest = clients * (2 ** inputBits - 1);
  let ringBits = 0;
  while (2 ** ringBits < largest + 1) ringBits += 1;
  const keys = 2 * clients * PAPER_KEY_BITS + (5 * clients - 4) * PAPER_KEY_BITS;
  return (keys + length * ringBits) / 8;
}

/** A client's traffic by the paper's formula, divided by the bytes of its unmasked vector. */
export function paperTrafficExpansion(round: PaperRoundParameters): number {
  return paperClientBytes(round) / ((round.length * round.inputBits) / 8);
}

/** Bytes of a client's messages of one round. */
export interface ClientRoundBytes {
  readonly up: number;
  readonly down: number;
}

/** Bytes of the array head, the type, and the session with its head. */
const PREFIX = 2 + 2 + SESSION_ID_BYTES;

/**
 * Bytes of the messages 1 to 9 of a client in semi-honest mode, if nobody leaves; invitation and end
 * not counted. Indices are counted as one byte, heads of lists as one.
 */
export function semiHonestRoundBytes({
  k,
  m,
  bits,
}: Pick<SecaggConfig, 'k' | 'm' | 'bits'>): ClientRoundBytes {
  const key = 2 + KEY_BYTES;
  const entry = 1 + 1 + 2 * key;
  const box = 1 + 1 + 2 + BOX_BYTES;
  const share = 1 + 1 + 1 + key;
  const packed = packedVectorBytes({ length: m, bits });
  const input = PREFIX + byteStringHead(packed) + packed;
  const lists = PREFIX + 1 + (k + 1) + 1;
  return {
    up: PREFIX + 1 + 2 * key + (PREFIX + 1 + box * k) + input + (PREFIX + 1 + share * (k + 1)),
    down: PREFIX + 1 + entry * (k + 1) + (PREFIX + 1 + box * k) + lists,
  };
}

function byteStringHead(length: number): number {
  const writer = new CborWriter();
  writer.uint(length);
  return writer.length;
}
