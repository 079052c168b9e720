/**
 * Workload (a), hold, at 100, 10,000 and 1,000,000 pending events, compared with three npm packages
 * in the same run (docs/spec/workloads.md#a-hold).
 * A rate counts only if the clock and, where ties are FIFO, the hash are exactly the published
 * ones.
 *
 * @module
 */
import { type BenchResult, rateOf, requireEqual, type Sample } from './bench-result.ts';
import { flatqueue } from './peers/flatqueue.ts';
import { jsSimulator } from './peers/js-simulator.ts';
import type { Peer } from './peers/peer.ts';
import { simjs } from './peers/simjs.ts';
import { HOLD_COUNT, hold, PUBLISHED_RESULTS } from './workloads/hold-model.ts';

export const name = 'hold';

const UNIT = 'M events/s';
/** Target rates for this class of machine (docs/PERFORMANCE.md). */
const TARGETS: ReadonlyMap<number, number> = new Map([
  [100, 14],
  [10_000, 8],
  [1_000_000, 2.5],
]);
const PEERS: readonly Peer[] = [simjs, jsSimulator, flatqueue];
/** Number of idle timers in the far future, which must not slow anything down (ADR 0003). */
const IDLE = 1_000_000;

/** Measures only our scheduler, for each number of pending events, for `npm run speed`. */
export function runAlone(): BenchResult[] {
  return [...TARGETS].map(([pending, target]) => ({
    name: `hold, ${pending} pending`,
    unit: UNIT,
    target,
    ...rateOf(() => runOurs(pending, 0)),
  }));
}

/** For each number of pending events: our scheduler first, then the other packages. */
export function run(): BenchResult[] {
  const lines: BenchResult[] = [];
  for (const [pending, target] of TARGETS) {
    const ours = `hold, ${pending} pending`;
    const note = 'cancellable, FIFO';
    lines.push({ name: ours, unit: UNIT, target, note, ...rateOf(() => runOurs(pending, 0)) });
    for (const peer of PEERS) {
      const rate = rateOf(() => runPeer(peer, pending));
      lines.push({
        name: `  ${peer.name}`,
        unit: UNIT,
        comparedWith: ours,
        note: peer.note,
        ...rate,
      });
    }
  }
  lines.push({
    name: 'hold, 100 pending, 1e6 idle timers',
    unit: UNIT,
    comparedWith: 'hold, 100 pending',
    ...rateOf(() => runOurs(100, IDLE)),
  });
  return lines;
}

function runOurs(pending: number, idle: number): Sample {
  const result = hold(pending, HOLD_COUNT, idle);
  const expected = PUBLISHED_RESULTS.get(pending);
  requireEqual(`clock at ${pending} pending`, result.clockNs, expected?.clockNs ?? -1);
  requireEqual(`hash at ${pending} pending`, result.fnv1a, expected?.fnv1a ?? '');
  return { count: HOLD_COUNT, cpuUs: result.cpuUs };
}

/** Slow packages do fewer holds, and must then agree with our scheduler after the same number. */
function runPeer(peer: Peer, pending: number): Sample {
  const holds = pending === 1_000_000 ? HOLD_COUNT / 10 : HOLD_COUNT;
  const result = peer.hold(pending, holds);
  const expected = expectedAfter(pending, holds);
  requireEqual(`clock of ${peer.name}`, result.clockNs, expected.clockNs);
  if (peer.isFifo) requireEqual(`hash of ${peer.name}`, result.fnv1a, expected.fnv1a);
  return { count: holds, cpuUs: result.cpuUs };
}

const known = new Map<string, { readonly clockNs: number; readonly fnv1a: string }>();

function expectedAfter(pending: number, holds: number): { clockNs: number; fnv1a: string } {
  const published = holds === HOLD_COUNT ? PUBLISHED_RESULTS.get(pending) : undefined;
  const key = `${pending}/${holds}`;
  const found = published ?? known.get(key) ?? hold(pending, holds);
  known.set(key, found);
  return found;
}
