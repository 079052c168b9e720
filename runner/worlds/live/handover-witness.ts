/**
 * Connects the datagrams that a live world follows with application packets: a packet that is delivered
 * while the handler of a followed datagram runs was in that datagram.
 *
 * @module
 */
import type { DatagramTimings } from '../../../engine/live/handover/handover-samples.ts';
import { NOT_SAMPLED } from '../../../engine/live/handover/handover-samples.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { type GroundTruth, readTruth } from '../../traffic/ground-truth.ts';
import type { WorldListener } from '../../world.ts';

/** Number of application packets per second to follow: enough for a p99 after a minute. */
const FOLLOWED_RATE = 100;
/** Largest mask: at least one datagram in 64 is followed. */
const MASK_MAX = 63;

/** What the witness needs from its world. */
export interface WitnessWorld {
  readonly handovers: DatagramTimings;
  /** Reads the time of the scenario, ns. */
  now(): number;
}

/**
 * The mask by which a run chooses the datagrams that it follows, a power of two minus one: 0 follows all,
 * 63 one in 64. It grows with the rate of the traffic, and is largest if a rate is unknown.
 */
export function sampledDatagramMask({ traffic }: Pick<Scenario, 'traffic'>): number {
  let rate = 0;
  for (const { pattern } of traffic) {
    rate += 'rate' in pattern ? pattern.rate : Number.POSITIVE_INFINITY;
  }
  let mask = 0;
  while (mask < MASK_MAX && rate >= FOLLOWED_RATE * (mask + 1) * 2) mask = 2 * mask + 1;
  return mask;
}

/** Tells a live world which application packets were in the datagrams that it follows. */
export class HandoverWitness implements WorldListener {
  readonly #world: WitnessWorld;
  readonly #hosts: ReadonlyMap<string, number>;
  /** Host index of the source of each flow. */
  readonly #sources: readonly number[];
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };

  constructor(world: WitnessWorld, { topology, traffic }: Pick<Scenario, 'topology' | 'traffic'>) {
    this.#world = world;
    this.#hosts = new Map(topology.hosts.map(({ name }, index) => [name, index]));
    this.#sources = traffic.map(({ from }) => this.#hosts.get(from) ?? -1);
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    const { handovers } = this.#world;
    if (handovers.current === NOT_SAMPLED || !readTruth(bytes, this.#truth)) return;
    const { flow, kind, sentNs } = this.#truth;
    const source = this.#sources[flow];
    // Latency is measured for packets from a flow's source; a response has its own time.
    if (source === undefined || kind === 'response') return;
    const host = this.#hosts.get(node) ?? -1;
    handovers.delivered({ source, host }, { sentNs, deliveredNs: this.#world.now() });
  }
}
