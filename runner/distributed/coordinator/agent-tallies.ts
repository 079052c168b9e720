/**
 * The counters of all processes of a run, also of those that died.
 *
 * If a process dies, its last reported counters are kept. What it counted after that report (at
 * most a quarter of a second) is lost, so sums over links are then lower bounds, as the report
 * says. What receiving applications measured is not affected.
 *
 * @module
 */

import type { MetricValue } from '../../../engine/measure/counters.ts';
import { mergeHistograms } from '../../../engine/measure/histogram.ts';
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import type { MetricData, PacketTotals } from '../../../reports/model.ts';
import { sumCountsByName } from '../../../reports/sum-counts.ts';
import type { AgentTally } from '../messages/messages.ts';
import { unpackHistogram, unpackMetrics } from '../messages/packed-histogram.ts';

/** The latest counters of all processes of a run, and their sums. */
export class AgentTallies {
  /** The latest tally of each process. */
  readonly #latest = new Map<number, AgentTally>();

  /** Stores the tally of a process, in place of its previous one. */
  note(process: number, tally: AgentTally): void {
    this.#latest.set(process, { ...this.#latest.get(process), ...tally });
  }

  /** Called at the end of the warm-up: the metrics of processes that have died by then no longer count. */
  resetMetrics(): void {
    for (const [process, tally] of this.#latest)
      this.#latest.set(process, { ...tally, metrics: {} });
  }

  get all(): readonly AgentTally[] {
    return [...this.#latest.values()];
  }

  /**
   * The metrics that a node reported before and after each restart, oldest first; restarts without
   * metrics are left out.
   */
  metricsOf(node: string): readonly Readonly<Record<string, MetricValue>>[] {
    return this.all.flatMap(({ metrics }) => {
      const told = metrics[node];
      return told === undefined ? [] : [unpackMetrics(told)];
    });
  }

  /** Drops reported by nodes, by reason. */
  nodeDrops(): Readonly<Record<string, number>> {
    return sumCountsByName(this.all.map(({ nodeDrops }) => Object.entries(nodeDrops)));
  }

  /** Numbers of packets of all links and sockets together. */
  packets(): PacketTotals {
    const { all } = this;
    const total = (read: (tally: AgentTally) => number): number =>
      all.reduce((sum, tally) => sum + read(tally), 0);
    const received = total((tally) => tally.received);
    const lost = total((tally) => tally.written) - received;
    const unsent = total((tally) => tally.unsent);
    const kernel: Record<string, number> = {};
    if (lost > 0) kernel['kernel'] = lost;
    if (unsent > 0) kernel['socket-closed'] = unsent;
    return {
      sent: total(({ packets }) => packets.sent),
      duplicated: total(({ packets }) => packets.duplicated),
      injected: total(({ packets }) => packets.injected),
      delivered: received + total((tally) => tally.streamPackets),
      inFlight: total(({ packets }) => packets.inFlight),
      drops: sumCountsByName(
        [...all.map(({ packets }) => packets.drops), kernel].map(Object.entries<number>),
      ),
    };
  }

  /** Number of stream ends whose data used no emulated links, in all processes. */
  get directStreams(): number {
    return this.all.reduce((sum, { directStreams }) => sum + directStreams, 0);
  }

  /** Number of datagrams received from outside this run. */
  get foreign(): number {
    return this.all.reduce((sum, { foreign }) => sum + foreign, 0);
  }

  /** Number of events in all schedulers. */
  get events(): number {
    return this.all.reduce((sum, { events }) => sum + events, 0);
  }

  /** Number of deliveries whose bytes were not those of a packet of a flow. */
  get damaged(): number {
    return this.all.reduce((sum, { damaged }) => sum + damaged, 0);
  }

  /** Number of refused requests of a flow. */
  refusedOf(flow: number): number {
    return this.all.reduce((sum, { refused }) => sum + (refused[flow] ?? 0), 0);
  }

  /** Number of refused requests of all flows, by reason. */
  refusals(): Readonly<Record<string, number>> {
    return sumCountsByName(this.all.map(({ refusals }) => Object.entries(refusals)));
  }

  /** True once the whole file of a flow has been handed over. */
  hasSentFile(flow: number): boolean {
    return this.all.some(({ filesSent }) => filesSent.includes(flow));
  }

  /**
   * Metrics of the processes themselves: the largest value for memory and stalls, the busiest process for
   * `live.process_cpu`, one histogram over all processes for lateness, and the sum for all other metrics.
   */
  processMetrics(wallUs: number): Readonly<Record<string, MetricData>> {
    const cpuUs = this.all.reduce((sum, tally) => sum + tally.cpuUs, 0);
    return { ...this.#metrics(cpuUs, wallUs), 'live.process_cpu': busiest(this.all) };
  }

  /**
   * Like {@link processMetrics}, if all agents are in this process: each of them has reported the CPU
   * time of the whole process.
   */
  loopMetrics(wallUs: number): Readonly<Record<string, MetricData>> {
    return this.#metrics(greatestOf([0, ...this.all.map(({ cpuUs }) => cpuUs)]), wallUs);
  }

  #metrics(cpuUs: number, wallUs: number): Readonly<Record<string, MetricData>> {
    const { all } = this;
    const buffers = all.map(({ receiveBufferBytes }) => receiveBufferBytes).filter((n) => n > 0);
    return {
      'live.lateness': {
        kind: 'histogram',
        data: mergeHistograms(all.flatMap(({ lateness }) => lateness ?? []).map(unpackHistogram)),
      },
      'live.cpu': { kind: 'ratio', numerator: cpuUs, denominator: wallUs },
      'live.memory': {
        kind: 'gauge',
        value: greatestOf([0, ...all.map(({ memoryBytes }) => memoryBytes)]),
      },
      'live.stall': { kind: 'gauge', value: greatestOf([0, ...all.map(({ stallNs }) => stallNs)]) },
      'live.receive_buffer': {
        kind: 'gauge',
        value: buffers.length > 0 ? leastOf(buffers) : 0,
      },
      'live.store_failures': {
        kind: 'counter',
        value: all.reduce((sum, { storeFailures }) => sum + storeFailures, 0),
      },
    };
  }
}

/** The processor time of the process that used the largest share of a core. */
function busiest(all: readonly AgentTally[]): MetricData {
  const share = ({ cpuUs, wallUs }: AgentTally): number => (wallUs > 0 ? cpuUs / wallUs : 0);
  const most = all.reduce<AgentTally | undefined>(
    (best, one) => (best === undefined || share(one) > share(best) ? one : best),
    undefined,
  );
  return { kind: 'ratio', numerator: most?.cpuUs ?? 0, denominator: most?.wallUs ?? 0 };
}
