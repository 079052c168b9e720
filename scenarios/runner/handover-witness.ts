/**
 * Ties the datagrams that a live world follows to the packets of applications: while the handler of
 * such a datagram runs, what it delivers came out of it.
 *
 * @module
 */
import type { HandoverSamples } from '../../engine/live/handover/handover-samples.ts';
import { NO_TAG } from '../../engine/live/handover/handover-samples.ts';
import type { Scenario } from '../model.ts';
import { readTruth, type Truth } from './ground-truth.ts';
import type { WorldListener } from './world.ts';

/** Packets/s of applications to follow: enough for a p99 within a minute. */
const FOLLOWED_RATE = 100;
/** One datagram in 64 at least. */
const MASK_MAX = 63;

/** What the witness needs of its world. */
export interface WitnessWorld {
  readonly handovers: HandoverSamples;
  /** Scenario's time, ns. */
  now(): number;
}

/**
 * Which part of all datagrams a run follows, as one less than a power of two: all where little is
 * sent, one in 64 where much is, or where nobody knows how much.
 */
export function followedMask({ traffic }: Pick<Scenario, 'traffic'>): number {
  let rate = 0;
  for (const { pattern } of traffic) {
    rate += 'rate' in pattern ? pattern.rate : Number.POSITIVE_INFINITY;
  }
  let mask = 0;
  while (mask < MASK_MAX && rate >= FOLLOWED_RATE * (mask + 1) * 2) mask = 2 * mask + 1;
  return mask;
}

/** See the module. */
export class HandoverWitness implements WorldListener {
  readonly #world: WitnessWorld;
  readonly #hosts: ReadonlyMap<string, number>;
  /** Host index of the source of each flow. */
  readonly #sources: readonly number[];
  readonly #truth: Truth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };

  constructor(world: WitnessWorld, { topology, traffic }: Pick<Scenario, 'topology' | 'traffic'>) {
    this.#world = world;
    this.#hosts = new Map(topology.hosts.map(({ name }, index) => [name, index]));
    this.#sources = traffic.map(({ from }) => this.#hosts.get(from) ?? -1);
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    const { handovers } = this.#world;
    if (handovers.current === NO_TAG || !readTruth(bytes, this.#truth)) return;
    const { flow, kind, sentNs } = this.#truth;
    const source = this.#sources[flow];
    // Latency is that of packets from a flow's source; a response has its own time.
    if (source === undefined || kind === 'response') return;
    const host = this.#hosts.get(node) ?? -1;
    handovers.delivered({ source, host }, { sentNs, deliveredNs: this.#world.now() });
  }

  state(): void {
    // Datagrams have none.
  }

  spanned(): void {
    // Procedures are not packets.
  }

  marked(): void {
    // As states.
  }

  logged(): void {
    // Log lines go to the operator.
  }
}
