/**
 * Bytes of a round per client, by the formula of Bonawitz et al. (CCS 2017, section 7.1) and by the
 * messages of this suite: what byte counters of runs are compared with.
 *
 * @module
 */
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { BOX_LENGTH, KEY_LENGTH, SESSION_LENGTH } from './geometry.ts';
import { packedLength } from './ring.ts';
import type { SecaggConfig } from './session-config.ts';

/** A round as the paper describes it. */
export interface PaperRound {
  readonly clients: number;
  /** Elements of the vector. */
  readonly length: number;
  /** Bits of an element before the sum. */
  readonly inputBits: number;
}

/** Bits of a public key or a share in the paper. */
const PAPER_KEY_BITS = 256;

/** Bytes of a client's traffic in both directions, after the paper's formula. */
export function paperBytes({ clients, length, inputBits }: PaperRound): number {
  const largest = clients * (2 ** inputBits - 1);
  let ringBits = 0;
  while (2 ** ringBits < largest + 1) ringBits += 1;
  const keys = 2 * clients * PAPER_KEY_BITS + (5 * clients - 4) * PAPER_KEY_BITS;
  return (keys + length * ringBits) / 8;
}

/** A client's traffic divided by the bytes of its plain vector. */
export function paperExpansion(round: PaperRound): number {
  return paperBytes(round) / ((round.length * round.inputBits) / 8);
}

/** Bytes of a client's messages of one round. */
export interface RoundBytes {
  readonly up: number;
  readonly down: number;
}

/** Bytes of the array head, the type, and the session with its head. */
const PREFIX = 2 + 2 + SESSION_LENGTH;

/**
 * Bytes of the messages 1 to 9 of a client in semi-honest mode, if nobody leaves; invitation and end
 * not counted. Indices are counted as one byte, heads of lists as one.
 */
export function roundBytes({ k, m, bits }: Pick<SecaggConfig, 'k' | 'm' | 'bits'>): RoundBytes {
  const key = 2 + KEY_LENGTH;
  const entry = 1 + 1 + 2 * key;
  const box = 1 + 1 + 2 + BOX_LENGTH;
  const share = 1 + 1 + 1 + key;
  const packed = packedLength({ length: m, bits });
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
