import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROCESS_RESOURCE_METRICS, watchMemory } from '../../../../services/operator/index.ts';
import { keptLog } from './fake-face.ts';

const MEBI = 1024 * 1024;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(limitBytes?: number): {
  readonly use: (rssMebi: number, cpuSeconds?: number) => void;
  readonly watch: ReturnType<typeof watchMemory>;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
} {
  const { log, lines } = keptLog();
  let sample = { rssBytes: 50 * MEBI, heapBytes: 9 * MEBI, cpuSeconds: 1 };
  let now = 0;
  const watch = watchMemory({
    log,
    take: () => sample,
    nowMs: () => now,
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  const use = (rssMebi: number, cpuSeconds = sample.cpuSeconds): void => {
    sample = { ...sample, rssBytes: rssMebi * MEBI, cpuSeconds };
    now += 1_000;
    vi.advanceTimersByTime(1_000);
  };
  return { use, watch, lines };
}

describe('the memory watch', () => {
  it('warns once above 80 % of 256 MiB and once above the limit', () => {
    const { use, watch, lines } = watched();
    use(204);
    expect(lines).toEqual([]);
    for (const rss of [206, 100, 230, 257, 300, 250]) use(rss);
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn memory is above 80 % of its limit: 206 MiB resident, the limit is 256 MiB',
      'error memory is above its limit: 257 MiB resident, the limit is 256 MiB',
    ]);
    expect(watch.metrics()['process.rss_peak']).toEqual({ kind: 'gauge', value: 300 * MEBI });
    watch.dispose();
    use(500);
    expect(watch.metrics()['process.rss']).toEqual({ kind: 'gauge', value: 250 * MEBI });
  });

  it('shows processor use of the last interval as a share of one core', () => {
    const { use, watch } = watched();
    use(50, 1.37);
    expect(watch.metrics()['process.cpu']).toMatchObject({ value: expect.closeTo(0.37, 9) });
    use(50, 1.37);
    expect(watch.metrics()['process.cpu']).toMatchObject({ value: 0 });
    watch.dispose();
  });

  it('defines each gauge that it shows', () => {
    const { watch } = watched();
    expect(PROCESS_RESOURCE_METRICS.map(({ name }) => name).sort()).toEqual(
      Object.keys(watch.metrics()).sort(),
    );
    watch.dispose();
  });

  it('measures this process', () => {
    vi.useRealTimers();
    const watch = watchMemory({ log: keptLog().log, limitBytes: 2 ** 40 });
    const { rssBytes, heapBytes, cpuSeconds } = watch.sample();
    expect(rssBytes).toBeGreaterThan(heapBytes);
    expect(heapBytes).toBeGreaterThan(MEBI);
    expect(cpuSeconds).toBeGreaterThan(0);
    watch.dispose();
  });
});
