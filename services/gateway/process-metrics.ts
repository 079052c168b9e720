/**
 * The published metrics of a gateway about its process: memory, processor, disk, event loop, drops.
 *
 * @module
 */
import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricValue } from '../../engine/measure/counters.ts';
import type { MetricSeries, MetricSeriesByName } from '../../nodes/gateway/index.ts';

const NS_PER_S = 1e9;
const PERCENT = 100;
const DELAY_PERCENTILE = 99;
const PREFIX = 'betanet_gateway_';

/** The facts about the process that its operator endpoint has (services/operator). */
export interface ProcessState {
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly drops: Readonly<Record<string, number>>;
}

/** Reads the metrics of this process. */
export class ProcessMetrics {
  readonly #delay = monitorEventLoopDelay();
  readonly #stateFolder: string;
  readonly #version: string;

  /** @param stateFolder Folder with the node's stores, which survive a crash. */
  constructor(stateFolder: string, version: string) {
    this.#stateFolder = stateFolder;
    this.#version = version;
    this.#delay.enable();
  }

  read({ metrics, drops }: ProcessState): MetricSeriesByName {
    const cpu = gaugeOf(metrics['process.cpu']);
    const rss = gaugeOf(metrics['process.rss']);
    const delayNs = this.#delay.percentile(DELAY_PERCENTILE);
    this.#delay.reset();
    return {
      [`${PREFIX}packets_dropped_total`]: Object.entries(drops).map(([reason, count]) => ({
        labels: [reason],
        value: count,
      })),
      [`${PREFIX}memory_usage_bytes`]: rss,
      [`${PREFIX}cpu_usage_percent`]: cpu.map(({ labels, value }) => ({
        labels,
        value: Number(value) * PERCENT,
      })),
      [`${PREFIX}disk_usage_bytes`]: this.#disk(),
      [`${PREFIX}network_errors_total`]: [
        { labels: ['socket-full', 'udp'], value: drops['socket-full'] ?? 0 },
      ],
      [`${PREFIX}build_info`]: [{ labels: [this.#version], value: 1 }],
      scion_sidecar_memory_usage_bytes: rss,
      scion_sidecar_cpu_utilization: cpu,
      scion_sidecar_uptime_seconds_total: [{ labels: [], value: process.uptime() }],
      scion_sidecar_event_loop_delay_seconds: [{ labels: [], value: delayNs / NS_PER_S }],
    };
  }

  close(): void {
    this.#delay.disable();
  }

  /** The size of the stores on disk; empty if their folder does not exist yet. */
  #disk(): readonly MetricSeries[] {
    const folder = this.#stateFolder;
    try {
      const { bavail, bsize } = statfsSync(folder);
      const files = readdirSync(folder, { recursive: true, withFileTypes: true });
      const used = files
        .filter((file) => file.isFile())
        .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
      return [
        { labels: [folder, 'used'], value: used },
        { labels: [folder, 'free'], value: bavail * bsize },
      ];
    } catch {
      // A store may have replaced its files while they were listed.
      return [];
    }
  }
}

function gaugeOf(value: MetricValue | undefined): readonly MetricSeries[] {
  return value?.kind === 'gauge' ? [{ labels: [], value: value.value }] : [];
}
