/**
 * The least times that a machine needs for the parts of secure aggregation: key stream, additions, key agreements.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { addVectorInto } from '../../nodes/federated/secagg/ring.ts';
import { cpuTimeUs } from '../bench-result.ts';

const PIECE = 32_768;
const ELEMENTS = 64_000_000;
const AGREEMENTS = 500;
const NONCE = new Uint8Array(12);

/** CPU time of one element of key stream, one addition, and one key agreement, µs each. */
export interface Limits {
  readonly stream: number;
  readonly addition: number;
  readonly agreement: number;
}

/** The amount of work of a step. */
export interface Work {
  readonly elements: number;
  readonly agreements: number;
}

/** The least time that work can take, µs. */
export function limitOf({ elements, agreements }: Work, limits: Limits): number {
  return elements * (limits.stream + limits.addition) + agreements * limits.agreement;
}

/** Measures each part separately, on this thread. */
export function measureLimits(crypto: CryptoProvider): Limits {
  const zeros = new Uint8Array(4 * PIECE);
  const secret = new Uint8Array(32).fill(5);
  const publicKey = crypto.x25519PublicKey(new Uint8Array(32).fill(6));
  const calls = ELEMENTS / PIECE;
  const stream = cpuTimeUs(() => {
    for (let call = 0; call < calls; call += 1) crypto.chacha20(secret, NONCE, 0, zeros);
  });
  const [sum, values] = [new Uint32Array(PIECE), new Uint32Array(PIECE).fill(3)];
  const addition = cpuTimeUs(() => {
    for (let call = 0; call < calls; call += 1) addVectorInto(sum, values);
  });
  const key = crypto.x25519Key(secret);
  const agreement = cpuTimeUs(() => {
    for (let call = 0; call < AGREEMENTS; call += 1) key.sharedSecret(publicKey);
  });
  return {
    stream: stream / (calls * PIECE),
    addition: addition / (calls * PIECE),
    agreement: agreement / AGREEMENTS,
  };
}
