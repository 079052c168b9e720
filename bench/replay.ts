/**
 * Cost of one replay check, including acceptance. R-012 demands less than 1,000 ns; the target here
 * is 50 ns.
 *
 * `node --import tsx bench/replay.ts`. Measured on 2 shared cores of an AMD EPYC, Node 20.20.2:
 *
 * | case                            | ns / check |
 * | ------------------------------- | ---------- |
 * | window, in order                | 6.0        |
 * | window, reordered by up to 500  | 12.7       |
 * | persistent window, reordered    | 19.1       |
 * | double of Go, in order          | 378        |
 * | double of Rust, in order        | 96         |
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import type { Store } from '../engine/host/store.ts';
import { type ReplayGuard, ReplayWindow } from '../nodes/_kit/replay-window.ts';
import { DurableReplayWindow } from '../nodes/_kit/reserved-window.ts';
import { DefectiveGoWindow } from '../nodes/gateway/doubles/go-window.ts';
import { DefectiveRustWindow } from '../nodes/gateway/doubles/rust-window.ts';

/** One line of the result. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Name of this benchmark for `npm run bench -- replay`. */
export const name = 'replay';

const CHECKS = 1_000_000;
const BATCHES = 9;
/** Share of checks that must be accepted; otherwise the benchmark would measure rejections. */
const LEAST_FRESH = 0.2;
const WINDOW_BITS = 1024;
/** Sequence numbers start above 2^32, where they no longer fit a 32-bit integer. */
const FIRST = 2 ** 40;

/**
 * Measures the window in order and reordered, the persistent window, and the reimplementations of
 * other projects' windows.
 */
export function run(): BenchResult[] {
  const inOrder = sequences(FIRST, 0);
  const reordered = sequences(FIRST, 500);
  // Starts at 0, because the double of Go's window permanently rejects a first number above 2,047.
  const small = sequences(0, 0);
  const go = new DefectiveGoWindow(WINDOW_BITS);
  const rust = new DefectiveRustWindow(WINDOW_BITS);
  const cases: readonly (readonly [string, ReplayGuard, Float64Array])[] = [
    ['window, in order', new ReplayWindow(WINDOW_BITS), inOrder],
    ['window, reordered by up to 500', new ReplayWindow(WINDOW_BITS), reordered],
    ['window of 65,536, reordered', new ReplayWindow(65_536), reordered],
    ['persistent window, reordered', persistent(), reordered],
    ['double of Go, in order', go, small],
    ['double of Rust, in order', rust, small],
  ];
  return cases.map(([label, guard, list]) => ({
    name: label,
    value: nanosecondsPerCheck(guard, list),
    unit: 'ns/check',
  }));
}

/** Rising numbers, each moved by up to `spread` positions; one in 16 is a replay. */
function sequences(first: number, spread: number): Float64Array {
  const list = new Float64Array(CHECKS);
  let mixed = 1;
  for (let index = 0; index < CHECKS; index++) {
    mixed = (Math.imul(mixed, 1_664_525) + 1_013_904_223) >>> 0;
    const back = spread === 0 ? 0 : (mixed >>> 8) % spread;
    const isReplay = index % 16 === 15;
    list[index] = isReplay ? (list[index - 8] as number) : first + Math.max(0, index - back);
  }
  return list;
}

/**
 * A persistent window with a store whose calls complete during the next call, so that the disk does
 * not count.
 */
function persistent(): ReplayGuard {
  let waiting: (() => void) | undefined;
  const ignore = (): void => undefined;
  const store: Store = {
    append: ignore,
    replay: ignore,
    truncate: ignore,
    put: (): void => {
      const done = waiting;
      waiting = undefined;
      done?.();
    },
    get: (): undefined => undefined,
    keys: () => [],
    delete: ignore,
    sync: (done): void => {
      waiting = done;
    },
  };
  const guard = new DurableReplayWindow({
    store,
    key: 'bench',
    size: WINDOW_BITS,
    reserve: 2 ** 41,
  });
  waiting?.();
  return guard;
}

/**
 * Mean time per check in the fastest batch, since slower batches were disturbed. Each batch
 * continues where the last one ended.
 */
function nanosecondsPerCheck(guard: ReplayGuard, list: Float64Array): number {
  let best = Number.POSITIVE_INFINITY;
  let fresh = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < list.length; index++) {
      if (guard.accept((list[index] as number) + batch * CHECKS) === 'fresh') fresh++;
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / list.length);
  }
  if (fresh < BATCHES * CHECKS * LEAST_FRESH) throw new Error(`only ${fresh} accepted`);
  return best;
}

/** Prints one line for each case. */
export function main(): void {
  for (const result of run()) {
    console.log(`${result.name.padEnd(32)} ${result.value.toFixed(1).padStart(7)} ${result.unit}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
