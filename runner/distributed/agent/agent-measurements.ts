/**
 * The counters of an agent: metrics of its nodes, packets of its links and sockets, and the machine
 * resources that the process used.
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { LiveWorld } from '../../../engine/live/live-world.ts';
import { sumCountsByName } from '../../../reports/sum-counts.ts';
import type { Flow } from '../../traffic/traffic-source.ts';
import type { LocalWorld } from '../../world.ts';
import { countLinkPackets } from '../../worlds/local-world.ts';
import type { AgentTally } from '../messages/messages.ts';
import { type PackedMetrics, packHistogram, packMetrics } from '../messages/packed-histogram.ts';
import type { MeasuredRows } from './reporting-meter.ts';

const US_PER_MS = 1_000;

/** Counters of an agent: metrics of nodes, packets of links and sockets, use of the machine. */
export class AgentMeasurements {
  readonly #world: LocalWorld & { readonly sim: LiveWorld };
  readonly #flows: readonly Flow[];
  readonly #rows: MeasuredRows;
  #memoryBytes = 0;
  #beganMs = performance.now();
  #beganCpu = process.cpuUsage();

  constructor(
    world: LocalWorld & { readonly sim: LiveWorld },
    flows: readonly Flow[],
    rows: MeasuredRows,
  ) {
    this.#world = world;
    this.#flows = flows;
    this.#rows = rows;
  }

  /** To be called when the scenario's time begins: resource use before it does not count. */
  begin(): void {
    this.#beganMs = performance.now();
    this.#beganCpu = process.cpuUsage();
    this.#world.sim.lateness.reset();
    this.#world.sim.pump.longestStallNs = 0;
  }

  /** All counters so far. */
  tally(hosts: readonly string[]): AgentTally {
    return { ...this.counts(hosts), lateness: packHistogram(this.#world.sim.lateness.data()) };
  }

  /** Like {@link tally}, without the histograms, which are large. */
  counts(hosts: readonly string[]): AgentTally {
    const { sim } = this.#world;
    const { user, system } = process.cpuUsage(this.#beganCpu);
    this.#memoryBytes = Math.max(this.#memoryBytes, process.memoryUsage.rss());
    const metrics: Record<string, PackedMetrics> = {};
    for (const host of hosts) metrics[host] = packMetrics(this.#world.metrics(host));
    const { receiveBufferBytes, counts } = sim.wires;
    return {
      metrics,
      nodeDrops: this.#world.nodeDrops(),
      packets: countLinkPackets(sim),
      ...counts,
      cpuUs: user + system,
      wallUs: Math.round((performance.now() - this.#beganMs) * US_PER_MS),
      memoryBytes: this.#memoryBytes,
      receiveBufferBytes: Number.isFinite(receiveBufferBytes) ? receiveBufferBytes : 0,
      events: sim.scheduler.eventCount,
      streamPackets: sim.streamPackets,
      directStreams: sim.directStreams,
      storeFailures: sim.storeFailures,
      stallNs: sim.pump.longestStallNs,
      damaged: this.#rows.damaged,
      refused: this.#flows.map(({ meter }) => meter.refused),
      refusals: sumCountsByName(this.#flows.map(({ meter }) => meter.refusals)),
      filesSent: this.#flows.filter(({ isFileSent }) => isFileSent).map(({ index }) => index),
    };
  }
}
