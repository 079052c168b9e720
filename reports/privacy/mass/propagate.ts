/**
 * Mass propagation: where an adversary that sees every arrival and departure, but no content, believes
 * a message to be (docs/spec/privacy-metrics.md, Mass propagation). Many labels are followed in one
 * pass; a label marks one target, or all messages of a sender.
 *
 * Mass is conserved: for every label, the mass that entered equals the mass in pools, under way,
 * delivered, sunk and in dust, to within 1e-9. No metrics are computed here: the caller gets the masses
 * of each message that ended.
 *
 * @module
 */

import { assert } from '../../../engine/core/assert.ts';
import { greatestOf } from '../../../engine/pure/extremes.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_CREATED,
  EVENT_DEPARTED,
  EVENT_DROPPED,
  NO_NODE,
  type RunTruth,
} from '../truth/truth.ts';
import { AgingPool, type Hazard } from './aging-pool.ts';
import { MassStore, NEGLIGIBLE_MASS_MAX } from './mass-store.ts';
import { type BelievedPool, MemorylessPool } from './memoryless-pool.ts';

/** What the adversary can conclude from a node's inputs and outputs. */
export type NodeMixingModel =
  /** All messages inside are equally likely to leave next. */
  | { readonly kind: 'memoryless' }
  /** Old messages are likelier to leave. */
  | { readonly kind: 'aging'; readonly hazard: Hazard }
  /** A mix that reveals which input became which output: corrupt, or with constant delays. */
  | { readonly kind: 'open' }
  /** A client or provider: does not mix; a message that ends here is a candidate. */
  | { readonly kind: 'end' };

/** The input of {@link propagateMass}: the record, the labels, and a model for each node. */
export interface PropagationInput {
  readonly truth: RunTruth;
  /** The label of each message, from 0; -1 for messages without a label. */
  readonly labels: Int32Array;
  /** Number of labels, at least 1. */
  readonly labelCount: number;
  /** The model of each node, by its index. */
  readonly laws: readonly NodeMixingModel[];
  /**
   * Called for each message with mass that ended at a client or provider; the masses are valid during
   * the call only.
   */
  readonly onCandidate: (message: number, masses: Float64Array) => void;
  /**
   * Called for each message with mass that reached a node; the masses are valid during the call
   * only.
   */
  readonly onHop?: (from: number, to: number, masses: Float64Array) => void;
}

/** Where the probability mass of each label is at the end. */
export interface MassBalance {
  /** Number of messages with the label that were seen, each with mass 1. */
  readonly entered: Float64Array;
  readonly delivered: Float64Array;
  /** Mass inside mixes when the record ended. */
  readonly pooled: Float64Array;
  /** Mass that is on links, or was lost there. */
  readonly underway: Float64Array;
  /** Mass that ended at a corrupt mix, was dropped outside honest mixes, or expired. */
  readonly sunk: Float64Array;
  readonly dust: Float64Array;
  /** Largest difference, over all labels, between `entered` and the sum of the other masses. */
  readonly errorMax: number;
}

/** Largest relative error of the balance of masses, checked at the end of every propagation. */
const ERROR_MAX = 1e-9;

/** Runs the propagation over the record of a run. */
export function propagateMass(propagation: PropagationInput): MassBalance {
  const run = new Run(propagation);
  run.passThrough();
  const balance = run.balance();
  assert(
    balance.errorMax < ERROR_MAX * greatestOf([1, ...balance.entered]),
    `probability masses do not add up: off by ${balance.errorMax}`,
  );
  return balance;
}

class Run {
  readonly #truth: RunTruth;
  readonly #ask: PropagationInput;
  readonly #store: MassStore;
  readonly #pools: readonly (BelievedPool | undefined)[];
  /** Slot of each message that carries mass, or -1. */
  readonly #slots: Int32Array;
  /** 1 + the node that a message is in; 0 on links. */
  readonly #places: Uint16Array;
  readonly #scratch: Float64Array;
  readonly #entered: Float64Array;
  readonly #delivered: Float64Array;
  readonly #sunk: Float64Array;
  readonly #dust: Float64Array;
  /** 1 once the label's first message has entered. */
  readonly #hasEntered: Uint8Array;
  /** The node that each message last left; only when hops are requested. */
  readonly #leftFrom: Uint16Array | undefined;

  constructor(ask: PropagationInput) {
    const { truth, labelCount } = ask;
    const perLabel = (): Float64Array => new Float64Array(labelCount);
    this.#ask = ask;
    this.#truth = truth;
    this.#store = new MassStore(labelCount);
    this.#slots = new Int32Array(truth.messages.count).fill(-1);
    this.#places = new Uint16Array(truth.messages.count);
    this.#hasEntered = new Uint8Array(truth.messages.count);
    this.#leftFrom =
      ask.onHop === undefined ? undefined : new Uint16Array(truth.messages.count).fill(NO_NODE);
    this.#scratch = perLabel();
    this.#entered = perLabel();
    this.#delivered = perLabel();
    this.#sunk = perLabel();
    this.#dust = perLabel();
    this.#pools = ask.laws.map((law) => this.#poolOf(law));
  }

  // hot: takes 0.1 us per event with 16 labels.
  passThrough(): void {
    const { count, atNs, code, node, message } = this.#truth.events;
    for (let i = 0; i < count; i += 1) {
      const at = atNs[i] as number;
      const where = node[i] as number;
      const what = message[i] as number;
      switch (code[i]) {
        case EVENT_CREATED:
          this.#created(what, where, at);
          break;
        case EVENT_ARRIVED:
          this.#arrived(what, where, at);
          break;
        case EVENT_DEPARTED:
          this.#departed(what, where, at);
          break;
        default:
          this.#ended(what, where, code[i] as number);
      }
    }
  }

  balance(): MassBalance {
    const { labelCount } = this.#ask;
    const pooled = new Float64Array(labelCount);
    const underway = new Float64Array(labelCount);
    for (const pool of this.#pools) pool?.addMassesTo(pooled);
    for (const slot of this.#slots) if (slot >= 0) this.#add(slot, underway);
    const parts = [this.#delivered, pooled, underway, this.#sunk, this.#dust];
    let errorMax = 0;
    for (const [label, entered] of this.#entered.entries()) {
      const sum = parts.reduce((total, part) => total + (part[label] ?? 0), 0);
      errorMax = Math.max(errorMax, Math.abs(entered - sum));
    }
    return {
      entered: this.#entered,
      delivered: this.#delivered,
      pooled,
      underway,
      sunk: this.#sunk,
      dust: this.#dust,
      errorMax,
    };
  }

  #poolOf(law: NodeMixingModel): BelievedPool | undefined {
    switch (law.kind) {
      case 'memoryless':
        return new MemorylessPool(this.#store);
      case 'aging':
        return new AgingPool(this.#store, law.hazard, this.#sunk);
      case 'open':
      case 'end':
        return undefined;
    }
  }

  #created(message: number, node: number, at: number): void {
    if (this.#leftFrom !== undefined) this.#leftFrom[message] = node;
    const pool = this.#pools[node];
    if (pool === undefined) return;
    if (pool.emit(at, this.#scratch, this.#dust)) this.#carryOut(message);
  }

  #arrived(message: number, node: number, at: number): void {
    const label = this.#ask.labels[message] ?? -1;
    // A labelled message gets mass 1 at its first arrival.
    if (label >= 0 && this.#hasEntered[message] === 0) this.#enter(message, label);
    this.#places[message] = node + 1;
    if (this.#leftFrom !== undefined) this.#tellHop(message, node, this.#leftFrom);
    const pool = this.#pools[node];
    if (pool === undefined) return;
    const slot = this.#slots[message] as number;
    pool.arrive(at, slot);
    if (slot >= 0) this.#drop(message, slot);
  }

  #departed(message: number, node: number, at: number): void {
    if (this.#places[message] !== node + 1) return;
    this.#places[message] = 0;
    if (this.#leftFrom !== undefined) this.#leftFrom[message] = node;
    const pool = this.#pools[node];
    if (pool?.depart(at, this.#scratch, this.#dust) === true) this.#carryOut(message);
  }

  #tellHop(message: number, to: number, leftFrom: Uint16Array): void {
    const slot = this.#slots[message] as number;
    const from = leftFrom[message] as number;
    if (slot < 0 || from === NO_NODE) return;
    this.#ask.onHop?.(from, to, this.#massesOf(slot));
  }

  #massesOf(slot: number): Float64Array {
    const { data, labels } = this.#store;
    return data.subarray(slot * labels, (slot + 1) * labels);
  }

  #ended(message: number, node: number, code: number): void {
    const wasInside = this.#places[message] === node + 1;
    this.#places[message] = 0;
    const pool = this.#pools[node];
    if (pool !== undefined) {
      // This message's mass stays in the pool: cover traffic returns the message to the mix.
      if (wasInside) pool.absorb();
      return;
    }
    const slot = this.#slots[message] as number;
    if (slot < 0) return;
    const isLost = code === EVENT_DROPPED || (code === EVENT_ABSORBED && this.#isOpenMix(node));
    this.#add(slot, isLost ? this.#sunk : this.#delivered);
    if (!isLost) this.#ask.onCandidate(message, this.#massesOf(slot));
    this.#drop(message, slot);
  }

  #isOpenMix(node: number): boolean {
    return this.#ask.laws[node]?.kind === 'open';
  }

  #enter(message: number, label: number): void {
    this.#hasEntered[message] = 1;
    this.#entered[label] = (this.#entered[label] ?? 0) + 1;
    const at = this.#slotOf(message) * this.#store.labels + label;
    this.#store.data[at] = (this.#store.data[at] ?? 0) + 1;
  }

  /** Assigns the masses that have just left a pool to the message that left. */
  #carryOut(message: number): void {
    const scratch = this.#scratch;
    const slot = this.#slotOf(message);
    const base = slot * this.#store.labels;
    const { data } = this.#store;
    for (let label = 0; label < scratch.length; label += 1) {
      const mass = scratch[label] as number;
      if (mass === 0) continue;
      if (mass > NEGLIGIBLE_MASS_MAX) data[base + label] = (data[base + label] as number) + mass;
      else this.#dust[label] = (this.#dust[label] as number) + mass;
      scratch[label] = 0;
    }
  }

  #slotOf(message: number): number {
    const known = this.#slots[message] as number;
    if (known >= 0) return known;
    const slot = this.#store.take();
    this.#slots[message] = slot;
    return slot;
  }

  #drop(message: number, slot: number): void {
    this.#store.free(slot);
    this.#slots[message] = -1;
  }

  #add(slot: number, sum: Float64Array): void {
    const { data, labels } = this.#store;
    for (let label = 0; label < labels; label += 1) {
      sum[label] = (sum[label] as number) + (data[slot * labels + label] as number);
    }
  }
}
