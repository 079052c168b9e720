/**
 * Initialization vectors of AES-GCM that never repeat: the number of the node, then a counter whose
 * bound is on disk before a number below it is used. A vector used twice under one key would reveal
 * the difference of two payloads, and the authentication key (NIST SP 800-38D appendix A).
 *
 * ```
 * node number (4)  counter (8)
 * ```
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import { writeUint32 } from '../../_kit/bytes.ts';
import { DurableCounter } from '../../_kit/reserved-counter.ts';
import { INITIALIZATION_VECTOR_BYTES } from './confidentiality.ts';
import { VECTORS_PER_RESERVATION } from './geometry.ts';

const UINT32_VALUES = 0x1_0000_0000;

/** Gives initialization vectors for encryption. */
export interface InitializationVectors {
  /** Takes the next vector; undefined until its reservation is on disk. */
  take(): Uint8Array | undefined;
}

/** What a {@link CounterVectors} is made from. */
export interface VectorCounterOptions {
  readonly store: Store;
  /**
   * Number of the node, the first part of its vectors; nodes that share keys have different numbers.
   */
  readonly node: number;
  /** Called when a write to disk has ended: new vectors are available unless there is an error. */
  readonly onSync: (error?: string) => void;
}

/** Makes vectors from a counter on the node's disk. */
export class CounterVectors implements InitializationVectors {
  readonly #node: number;
  readonly #counter: DurableCounter;

  constructor({ store, node, onSync }: VectorCounterOptions) {
    this.#node = node;
    this.#counter = new DurableCounter({
      store,
      key: 'security/vectors',
      reserve: VECTORS_PER_RESERVATION,
      onSync,
    });
  }

  take(): Uint8Array | undefined {
    const count = this.#counter.take(0);
    if (count === undefined) return undefined;
    const vector = new Uint8Array(INITIALIZATION_VECTOR_BYTES);
    writeUint32(vector, 0, this.#node);
    writeUint32(vector, 4, Math.floor(count / UINT32_VALUES));
    writeUint32(vector, 8, count % UINT32_VALUES);
    return vector;
  }
}
