/**
 * The counters of all processes of a run, by process and life.
 *
 * A process that dies leaves what it reported last: the counts of its last quarter of a second are
 * lost, so sums over links are then lower bounds, and the run says so. What the receiving
 * applications saw does not depend on it.
 *
 * @module
 */
import type { MetricValue } from '../../engine/measure/counters.ts';
import { mergeHistograms } from '../../engine/measure/histogram.ts';
import { addUp } from '../../reports/add-up.ts';
import type { MetricData, PacketTotals } from '../../reports/model.ts';
import type { Tally } from './messages.ts';
import { unpackHistogram, unpackMetrics } from './packed-histogram.ts';

/** See the module. */
export class TallyBook {
  /** Latest tally, by process. */
  readonly #latest = new Map<number, Tally>();

  /** Notes the counters of a process; replaces what it reported earlier. */
  note(process: number, tally: Tally): void {
    this.#latest.set(process, { ...this.#latest.get(process), ...tally });
  }

  /** The warm-up is over: metrics that a dead process reported from it do not count. */
  resetMetrics(): void {
    for (const [process, tally] of this.#latest)
      this.#latest.set(process, { ...tally, metrics: {} });
  }

  get all(): readonly Tally[] {
    return [...this.#latest.values()];
  }

  /** Metrics of a node in all its lives that reported any, oldest first. */
  metricsOf(node: string): readonly Readonly<Record<string, MetricValue>>[] {
    return this.all.flatMap(({ metrics }) => {
      const told = metrics[node];
      return told === undefined ? [] : [unpackMetrics(told)];
    });
  }

  /** Drops that nodes named, by reason. */
  nodeDrops(): Readonly<Record<string, number>> {
    return addUp(this.all.map(({ nodeDrops }) => Object.entries(nodeDrops)));
  }

  /** Packets of all links and sockets. */
  packets(): PacketTotals {
    const { all } = this;
    const total = (read: (tally: Tally) => number): number =>
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
      delivered: received,
      inFlight: total(({ packets }) => packets.inFlight),
      drops: addUp(
        [...all.map(({ packets }) => packets.drops), kernel].map(Object.entries<number>),
      ),
    };
  }

  /** Streams that nodes opened, in all processes. */
  get streamsOpened(): number {
    return this.all.reduce((sum, { streamsOpened }) => sum + streamsOpened, 0);
  }

  /** Datagrams that came from outside this run. */
  get foreign(): number {
    return this.all.reduce((sum, { foreign }) => sum + foreign, 0);
  }

  /** Events of all schedulers. */
  get events(): number {
    return this.all.reduce((sum, { events }) => sum + events, 0);
  }

  /** Application bytes that no flow explains. */
  get damaged(): number {
    return this.all.reduce((sum, { damaged }) => sum + damaged, 0);
  }

  /** Refused requests of a flow. */
  refusedOf(flow: number): number {
    return this.all.reduce((sum, { refused }) => sum + (refused[flow] ?? 0), 0);
  }

  /** True once the whole file of a flow was handed over. */
  hasSentFile(flow: number): boolean {
    return this.all.some(({ filesSent }) => filesSent.includes(flow));
  }

  /**
   * Metrics of the processes themselves: memory and stall are the largest, the rest those of all.
   */
  processMetrics(wallUs: number): Readonly<Record<string, MetricData>> {
    const cpuUs = this.all.reduce((sum, tally) => sum + tally.cpuUs, 0);
    return { ...this.#metrics(cpuUs, wallUs), 'live.process_cpu': busiest(this.all) };
  }

  /**
   * The same if all agents are in this process: each has reported the processor time of the whole
   * process.
   */
  loopMetrics(wallUs: number): Readonly<Record<string, MetricData>> {
    return this.#metrics(Math.max(0, ...this.all.map(({ cpuUs }) => cpuUs)), wallUs);
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
        value: Math.max(0, ...all.map(({ memoryBytes }) => memoryBytes)),
      },
      'live.stall': { kind: 'gauge', value: Math.max(0, ...all.map(({ stallNs }) => stallNs)) },
      'live.receive_buffer': {
        kind: 'gauge',
        value: buffers.length > 0 ? Math.min(...buffers) : 0,
      },
      'live.store_failures': {
        kind: 'counter',
        value: all.reduce((sum, { storeFailures }) => sum + storeFailures, 0),
      },
    };
  }
}

/** The process that used most of a core, alone. */
function busiest(all: readonly Tally[]): MetricData {
  const share = ({ cpuUs, wallUs }: Tally): number => (wallUs > 0 ? cpuUs / wallUs : 0);
  const most = all.reduce<Tally | undefined>(
    (best, one) => (best === undefined || share(one) > share(best) ? one : best),
    undefined,
  );
  return { kind: 'ratio', numerator: most?.cpuUs ?? 0, denominator: most?.wallUs ?? 0 };
}
