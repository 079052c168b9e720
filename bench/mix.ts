/**
 * Cost per packet of the state of a mix, without cryptography: the replay filter (at the size that
 * R-186 asks for, and at one that fits into a CPU cache), its log, and the queue of the Poisson
 * scheduler. For comparison, unwrapping a packet takes tens of microseconds.
 *
 * @module
 */
import { openRandomStream } from '../engine/core/stream.ts';
import type { Store } from '../engine/host/store.ts';
import { createMixingStrategy, mixingConfig } from '../nodes/mixnet/mixing/index.ts';
import { ReplayFilter, TagLog } from '../nodes/mixnet/replay/index.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- mix`. */
export const name = 'mix';

const PACKETS = 300_000;
const RUNS = 5;
const TAG_BYTES = 16;
const NS_PER_US = 1_000;
/** A replay filter for 25,000 packets/s over 10 minutes. */
const LARGE = { expectedTags: 15_000_000, falsePositive: 1e-6 };
const SMALL = { expectedTags: (RUNS + 1) * PACKETS, falsePositive: 1e-3 };
/** Mean number of waiting messages: 5,000/s with a mean of 200 ms. */
const LOAD = 1_000;
const GAP_NS = 200_000;
const PER_TAKE = 16;

/** Measures the filter, its log and the scheduler. */
export function run(): BenchResult[] {
  const tags = openRandomStream(1, 'bench', 'tags').bytes((RUNS + 1) * PACKETS * TAG_BYTES);
  return [
    filterResult('replay filter of 51 MiB, new tag', LARGE, tags),
    filterResult('replay filter of 3 MiB, new tag', SMALL, tags),
    replayResult(tags),
    logResult(tags),
    schedulerResult(),
  ];
}

/** All tags share one buffer, because a view per tag would cost as much as the filter. */
const tag = new Uint8Array(TAG_BYTES);
function tagAt(tags: Uint8Array, index: number): Uint8Array {
  for (let at = 0; at < TAG_BYTES; at++) tag[at] = tags[index * TAG_BYTES + at] as number;
  return tag;
}

/**
 * Nanoseconds per packet: median of five after one warm-up. `work` receives the index of the run.
 */
function nanoseconds(label: string, work: (run: number) => void): BenchResult {
  work(0);
  const samples = Array.from(
    { length: RUNS },
    (_, index) => (cpuTimeUs(() => work(index + 1)) * NS_PER_US) / PACKETS,
  );
  return { name: label, ...spreadOf(samples), unit: 'ns/packet' };
}

function filterResult(label: string, options: typeof LARGE, tags: Uint8Array): BenchResult {
  const filter = new ReplayFilter(options, tags.slice(0, 16));
  return nanoseconds(label, (run) => {
    for (let index = run * PACKETS; index < (run + 1) * PACKETS; index++) {
      filter.enter(tagAt(tags, index));
    }
    if (filter.size < 0.99 * (run + 1) * PACKETS) throw new Error('void: new tags were refused');
  });
}

function replayResult(tags: Uint8Array): BenchResult {
  const filter = new ReplayFilter(LARGE, tags.slice(0, 16));
  for (let index = 0; index < PACKETS; index++) filter.enter(tagAt(tags, index));
  return nanoseconds('replay filter of 51 MiB, replay', () => {
    for (let index = 0; index < PACKETS; index++) filter.enter(tagAt(tags, index));
    requireEqual('size', filter.size, PACKETS);
  });
}

/** Writes groups of 128 to a store that does nothing, so that the disk does not count. */
function logResult(tags: Uint8Array): BenchResult {
  let synced = 0;
  let confirm: (() => void) | undefined;
  const ignore = (): void => undefined;
  const store: Store = {
    append: ignore,
    replay: ignore,
    truncate: ignore,
    put: ignore,
    get: (): undefined => undefined,
    keys: () => [],
    delete: ignore,
    sync: (done): void => {
      confirm = done;
    },
  };
  const onSynced = (): void => {
    synced += 1;
  };
  const result = nanoseconds('tag log, groups of 128, without disk', () => {
    const log = new TagLog(store);
    synced = 0;
    for (let index = 0; index < PACKETS; index++) {
      log.add(tagAt(tags, index), onSynced);
      if (index % 128 === 127) confirm?.();
    }
    while (log.pending > 0) confirm?.();
    requireEqual('synced', synced, PACKETS);
  });
  return result;
}

function schedulerResult(): BenchResult {
  const random = openRandomStream(1, 'bench', 'delays');
  const delays = Float64Array.from({ length: PACKETS }, () =>
    Math.floor(random.exponential(LOAD * GAP_NS)),
  );
  return nanoseconds('Poisson scheduler, 1,000 waiting', () => {
    const mixing = createMixingStrategy(mixingConfig.parse({ strategy: 'poisson' }), random);
    const asked = { delayNs: 0 };
    let left = 0;
    for (let item = 0; item < PACKETS; item++) {
      const now = item * GAP_NS;
      asked.delayNs = delays[item] as number;
      mixing.put(item, now, asked);
      for (let at = mixing.nextAt(); at !== undefined && at <= now; at = mixing.nextAt()) {
        left += mixing.take(at, PER_TAKE).length;
      }
    }
    requireEqual('messages', left + mixing.size, PACKETS);
  });
}
