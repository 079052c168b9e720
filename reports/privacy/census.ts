/**
 * Counts in one pass over the record what warnings, cost figures and the choice of targets need: sizes
 * of pools, delays, purposes and latencies.
 *
 * @module
 */
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  PURPOSE_CONTENT,
  PURPOSE_COUNT,
  type RunTruth,
} from './truth/truth.ts';

/** Counts over one run, without its warm-up unless the description says otherwise. */
export interface TruthCounts {
  /** Mean number of messages in each node, averaged over time. */
  readonly poolMean: Float64Array;
  /** Delays from arrival to departure, ns, by node; only of messages that had time to leave. */
  readonly delaysNs: readonly (readonly number[])[];
  /** Messages created by clients, by purpose. */
  readonly madeByClients: Float64Array;
  /** Number of messages created at mixes. */
  readonly madeAtMixes: number;
  /** Time from creation to delivery of each payload, ns, ascending. */
  readonly latencyNs: readonly number[];
  /** Longest lifetime of any message of the run, ns. */
  readonly longestNs: number;
  /** Number of times that a message was sent on a link. */
  readonly hops: number;
  readonly deliveredPayloads: number;
}

/** The record to count in, which nodes are clients, and the period. */
export interface TruthCountInput {
  readonly truth: RunTruth;
  readonly isMix: readonly boolean[];
  /**
   * True for nodes whose own messages count. Providers, which may also send loops, are excluded.
   */
  readonly isClient: readonly boolean[];
  readonly warmupNs: number;
  readonly endNs: number;
  /** Only delays of messages that arrive at least this long before the end are taken, ns. */
  readonly settleNs: number;
}

/** Counts the events of the ground-truth record that the question asks for, in one pass. */
export function countTruthEvents(question: TruthCountInput): TruthCounts {
  const pass = new Pass(question);
  pass.run();
  return pass.result();
}

class Pass {
  readonly #ask: TruthCountInput;
  readonly #inside: Float64Array;
  readonly #changedNs: Float64Array;
  readonly #area: Float64Array;
  readonly #delays: number[][];
  readonly #created: Float64Array;
  readonly #arrived: Float64Array;
  readonly #place: Int32Array;
  readonly #made: Float64Array;
  readonly #latency: number[] = [];
  #madeAtMixes = 0;
  #longest = 0;
  #hops = 0;

  constructor(ask: TruthCountInput) {
    const { nodes, messages } = ask.truth;
    this.#ask = ask;
    this.#inside = new Float64Array(nodes.length);
    this.#changedNs = new Float64Array(nodes.length).fill(ask.warmupNs);
    this.#area = new Float64Array(nodes.length);
    this.#delays = nodes.map(() => []);
    this.#created = new Float64Array(messages.count).fill(-1);
    this.#arrived = new Float64Array(messages.count);
    this.#place = new Int32Array(messages.count).fill(-1);
    this.#made = new Float64Array(PURPOSE_COUNT);
  }

  run(): void {
    const { count, atNs, code, node, message } = this.#ask.truth.events;
    for (let i = 0; i < count; i += 1) {
      const at = atNs[i] as number;
      const where = node[i] as number;
      const what = message[i] as number;
      if (code[i] === EVENT_CREATED) this.#onCreated(what, where, at);
      else if (code[i] === EVENT_ARRIVED) this.#onArrived(what, where, at);
      else this.#onLeft(what, where, at, code[i] as number);
    }
  }

  result(): TruthCounts {
    const { endNs, warmupNs } = this.#ask;
    const poolMean = this.#area.map((area, node) => {
      const rest = Math.max(0, endNs - (this.#changedNs[node] ?? 0)) * (this.#inside[node] ?? 0);
      return (area + rest) / (endNs - warmupNs);
    });
    return {
      poolMean,
      delaysNs: this.#delays,
      madeByClients: this.#made,
      madeAtMixes: this.#madeAtMixes,
      latencyNs: this.#latency.sort((a, b) => a - b),
      longestNs: this.#longest,
      hops: this.#hops,
      deliveredPayloads: this.#latency.length,
    };
  }

  #isMeasured(at: number): boolean {
    return at >= this.#ask.warmupNs && at < this.#ask.endNs;
  }

  #onCreated(message: number, node: number, at: number): void {
    this.#created[message] = at;
    if (!this.#isMeasured(at)) return;
    this.#hops += 1;
    const purpose = this.#ask.truth.messages.purpose[message] ?? 0;
    if (this.#ask.isMix[node] === true) this.#madeAtMixes += 1;
    if (this.#ask.isClient[node] === true) this.#made[purpose] = (this.#made[purpose] ?? 0) + 1;
  }

  #onArrived(message: number, node: number, at: number): void {
    this.#count(node, at, 1);
    this.#place[message] = node;
    this.#arrived[message] = at;
  }

  #onLeft(message: number, node: number, at: number, code: number): void {
    if (this.#place[message] === node) {
      this.#count(node, at, -1);
      this.#place[message] = -1;
      const arrived = this.#arrived[message] ?? 0;
      const hadTime = arrived < this.#ask.endNs - this.#ask.settleNs;
      if (code === EVENT_DEPARTED && hadTime && this.#isMeasured(arrived)) {
        this.#delays[node]?.push(at - arrived);
      }
    }
    if (code === EVENT_DEPARTED && this.#isMeasured(at)) this.#hops += 1;
    if (code === EVENT_DELIVERED || code === EVENT_ABSORBED) this.#onEnd(message, at, code);
  }

  #onEnd(message: number, at: number, code: number): void {
    const created = this.#created[message] ?? -1;
    if (created < 0) return;
    this.#longest = Math.max(this.#longest, at - created);
    const isContent = this.#ask.truth.messages.purpose[message] === PURPOSE_CONTENT;
    if (code === EVENT_DELIVERED && isContent && this.#isMeasured(created)) {
      this.#latency.push(at - created);
    }
  }

  #count(node: number, at: number, change: number): void {
    const { warmupNs, endNs } = this.#ask;
    const now = Math.min(endNs, Math.max(warmupNs, at));
    const inside = this.#inside[node] ?? 0;
    const since = now - (this.#changedNs[node] ?? 0);
    this.#area[node] = (this.#area[node] ?? 0) + inside * Math.max(0, since);
    this.#changedNs[node] = now;
    this.#inside[node] = inside + change;
  }
}
