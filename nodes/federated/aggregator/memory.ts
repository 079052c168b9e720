/**
 * The state that an aggregator stores: the model, the number of rounds that are over, and the number of
 * rounds that spent privacy. A round is recorded as spent before its model is sent to anybody, so that after
 * a crash no privacy is spent without being counted.
 *
 * @module
 */

import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import type { HostPart } from '../../_kit/host-part.ts';

const MODEL_KEY = 'model';
const ROUNDS_KEY = 'rounds';
const ROUNDS_BYTES = 8;
const FLOAT_BYTES = 4;

/** The state that an aggregator keeps on disk between rounds. */
export interface AggregatorCheckpoint {
  /** The model, followed by the norm for clipping updates if that norm adapts (clip-plan.ts). */
  readonly state: Float32Array<ArrayBuffer>;
  /** Number of rounds that are over, with or without a sum. */
  readonly over: number;
  /** Number of rounds that spent privacy: those with a sum, and failed ones if privacy is accounted for. */
  readonly spent: number;
}

/** The store of an aggregator. */
type Memory = ReturnType<HostPart<'store'>['store']>;

/**
 * Loads the state from before a restart; undefined if there is none, or if `state` does not have `numbers`
 * numbers.
 */
export function loadCheckpoint(store: Memory, numbers: number): AggregatorCheckpoint | undefined {
  const rounds = store.get(ROUNDS_KEY);
  const state = store.get(MODEL_KEY);
  if (rounds?.length !== ROUNDS_BYTES || state?.length !== FLOAT_BYTES * numbers) return undefined;
  return {
    state: new Float32Array(state.slice().buffer),
    over: readUint32(rounds, 0),
    spent: readUint32(rounds, FLOAT_BYTES),
  };
}

/** Writes the state to the store; the caller syncs. */
export function storeCheckpoint(store: Memory, { state, over, spent }: AggregatorCheckpoint): void {
  const rounds = new Uint8Array(ROUNDS_BYTES);
  writeUint32(rounds, 0, over);
  writeUint32(rounds, FLOAT_BYTES, spent);
  store.put(ROUNDS_KEY, rounds);
  store.put(MODEL_KEY, new Uint8Array(state.buffer, state.byteOffset, state.byteLength));
}
