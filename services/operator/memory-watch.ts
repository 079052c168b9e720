/**
 * Watches the process's resources: resident memory, heap, processor time. It warns once when memory
 * approaches its limit and once when memory exceeds it, and provides all values as gauges (R-010,
 *
 *
 * It does not end the process: that is up to whatever started it (systemd MemoryMax, a container).
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';
import type { OperatorLog } from './json-log.ts';

/** Resource usage at one moment. */
export interface ResourceSample {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** User and system time since the start, seconds. */
  readonly cpuSeconds: number;
}

/** Watches the memory of the process until it is disposed of. */
export interface MemoryWatch {
  /** Takes a sample now. */
  sample(): ResourceSample;
  /** The gauges `process.rss`, `process.rss_peak`, `process.heap` and `process.cpu`. */
  metrics(): Readonly<Record<string, MetricValue>>;
  dispose(): void;
}

/** The limits of the watch, and where its samples come from. */
export interface MemoryWatchOptions {
  readonly log: OperatorLog;
  /** Limit of the resident memory, bytes; default 256 MiB. */
  readonly limitBytes?: number;
  /** Time between samples, ms; default 1,000. */
  readonly intervalMs?: number;
  /** Takes a sample; by default, one of this process. */
  readonly take?: () => ResourceSample;
  /** A monotonic clock in milliseconds; default `performance.now`. */
  readonly nowMs?: () => number;
}

/** Definitions of the gauges of a process: resident memory, heap and processor time. */
export const PROCESS_RESOURCE_METRICS: readonly MetricDefinition[] = [
  { name: 'process.rss', kind: 'gauge', unit: 'bytes', help: 'Resident memory of the process' },
  {
    name: 'process.rss_peak',
    kind: 'gauge',
    unit: 'bytes',
    help: 'Highest resident memory of all samples',
  },
  { name: 'process.heap', kind: 'gauge', unit: 'bytes', help: 'JavaScript heap in use' },
  {
    name: 'process.cpu',
    kind: 'gauge',
    unit: 'ratio',
    isUnbounded: true,
    help: 'Processor use since the previous sample, summed over threads; 1 is one core',
  },
];

const LIMIT_BYTES = 256 * 1024 * 1024;
const WARN_SHARE = 0.8;
const MEBI = 1024 * 1024;

/** Starts to watch the memory of the process; the watch does not keep the process alive. */
export function watchMemory(options: MemoryWatchOptions): MemoryWatch {
  const { limitBytes = LIMIT_BYTES, intervalMs = 1_000, take = takeSample } = options;
  const nowMs = options.nowMs ?? ((): number => performance.now());
  const warn = warnOnce(options.log, limitBytes);
  let latest = take();
  let latestMs = nowMs();
  let peakBytes = latest.rssBytes;
  let cpuRatio = 0;

  const check = (): void => {
    const [sample, now] = [take(), nowMs()];
    const elapsed = (now - latestMs) / 1000;
    if (elapsed > 0) cpuRatio = Math.max(0, sample.cpuSeconds - latest.cpuSeconds) / elapsed;
    latest = sample;
    latestMs = now;
    peakBytes = Math.max(peakBytes, sample.rssBytes);
    warn(sample.rssBytes);
  };

  const timer = setInterval(check, intervalMs).unref();
  warn(latest.rssBytes);
  return {
    sample: take,
    metrics: () => ({
      'process.rss': { kind: 'gauge', value: latest.rssBytes },
      'process.rss_peak': { kind: 'gauge', value: peakBytes },
      'process.heap': { kind: 'gauge', value: latest.heapBytes },
      'process.cpu': { kind: 'gauge', value: cpuRatio },
    }),
    dispose: () => clearInterval(timer),
  };
}

function warnOnce(log: OperatorLog, limitBytes: number): (rssBytes: number) => void {
  const lines = log.component('memory');
  let hasWarned = false;
  let hasCried = false;
  return (rssBytes) => {
    const said = `${mebi(rssBytes)} resident, the limit is ${mebi(limitBytes)}`;
    if (!hasWarned && rssBytes > WARN_SHARE * limitBytes) {
      hasWarned = true;
      lines.warn(`memory is above ${WARN_SHARE * 100} % of its limit: ${said}`);
    }
    if (!hasCried && rssBytes > limitBytes) {
      hasCried = true;
      lines.error(`memory is above its limit: ${said}`);
    }
  };
}

function takeSample(): ResourceSample {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rssBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6 };
}

function mebi(bytes: number): string {
  return `${(bytes / MEBI).toFixed(0)} MiB`;
}
