/**
 * Workload (a), hold: with N pending events, take the earliest and schedule its payload again
 * (docs/spec/workloads.md#a-hold). It uses the scheduler with cancellable events, as protocols do.
 *
 * @module
 */
import { type EventHandle, type EventHandler, Scheduler } from '../../engine/core/scheduler.ts';
import { WorkloadRandom } from './xoshiro-below.ts';

/** Time increments are uniformly distributed below 2^20 ns. */
export const INCREMENT_NS = 1_048_576;
/** Number of holds behind the published results. */
export const HOLD_COUNT = 2_000_000;

// Private names: V8 folds them into hot code, while exported ones are loaded and checked each time.
const RANGE_NS = INCREMENT_NS;
const HOLD_KIND = 1;
const IDLE_KIND = 2;
/** The idle timers start an hour from now. */
const IDLE_NS = 3_600_000_000_000;

/**
 * Published results after {@link HOLD_COUNT} holds, by number of pending events
 * (docs/spec/workloads.md#a-hold).
 */
export const PUBLISHED_RESULTS: ReadonlyMap<
  number,
  { readonly clockNs: number; readonly fnv1a: string }
> = new Map([
  [100, { clockNs: 10_491_706_987, fnv1a: '61579264' }],
  [10_000, { clockNs: 105_092_633, fnv1a: '5fb76701' }],
  [1_000_000, { clockNs: 1_215_835, fnv1a: 'b55e4ae5' }],
]);

/** The result of a run of the hold model. */
export interface HoldResult {
  /** Time of the event removed last, ns. */
  readonly clockNs: number;
  /** FNV-1a hash over the payloads in the order of removal, as 8 hex digits. */
  readonly fnv1a: string;
  /** CPU time without set-up, user and system, microseconds. */
  readonly cpuUs: number;
  readonly scheduler?: Scheduler;
}

/** Adds a 32-bit payload to an FNV-1a hash in two steps; the first hash is {@link FNV_START}. */
export function fnvStep(hash: number, value: number): number {
  const low = Math.imul(hash ^ (value & 0xffff), 0x01000193);
  return Math.imul(low ^ (value >>> 16), 0x01000193);
}

/** The offset basis of FNV-1a. */
export const FNV_START: number = 0x811c9dc5 | 0;

/** The handler of an event, which schedules the same payload again. */
class HoldHandler implements EventHandler {
  hash = FNV_START;
  readonly random = new WorkloadRandom();
  /** Event handles, stored as a protocol would store them, as doubles. */
  readonly handles: Float64Array;
  scheduler: Scheduler | undefined;
  private left: number;

  constructor(pending: number, holds: number) {
    this.handles = new Float64Array(pending);
    this.left = holds;
  }

  fire(kind: number, target: number): void {
    const scheduler = this.scheduler as Scheduler;
    this.hash = fnvStep(this.hash, target);
    const delay = this.random.below(RANGE_NS);
    const handle: EventHandle = scheduler.schedule(delay, kind, target, 0);
    this.handles[target] = handle;
    this.left -= 1;
    if (this.left === 0) scheduler.stop();
  }
}

/**
 * Runs the hold model once.
 *
 * @param pending Number of events that are pending at any time.
 * @param holds Events to take.
 * @param idle Timers far in the future that never fire.
 * @param afterwards `keep` leaves the scheduler with its timers in the result, so that their memory can be measured.
 */
export function hold(
  pending: number,
  holds: number = HOLD_COUNT,
  idle = 0,
  afterwards: 'keep' | 'forget' = 'forget',
): HoldResult {
  const handler = new HoldHandler(pending, holds);
  const scheduler = new Scheduler(handler);
  handler.scheduler = scheduler;
  for (let payload = 0; payload < pending; payload += 1) {
    const delay = handler.random.below(INCREMENT_NS);
    handler.handles[payload] = scheduler.schedule(delay, HOLD_KIND, payload, 0);
  }
  for (let i = 0; i < idle; i += 1) scheduler.schedule(IDLE_NS + i, IDLE_KIND, i, 0);
  const before = process.cpuUsage();
  scheduler.run();
  const used = process.cpuUsage(before);
  const fnv1a = (handler.hash >>> 0).toString(16).padStart(8, '0');
  const kept = afterwards === 'keep' ? { scheduler } : {};
  return { clockNs: scheduler.now, fnv1a, cpuUs: used.user + used.system, ...kept };
}
