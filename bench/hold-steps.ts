/**
 * The cost of each ability of the event queue: the hold model on a bare heap, then with the abilities of an event queue
 * added one after the other, compared with flatqueue (docs/PERFORMANCE.md#the-queue-step-by-step).
 *
 * `npm run bench -- hold-steps`. Steps take turns, each run in a separate process: V8 compiles a heap that two classes
 * share to slower code than a heap that one class uses.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EventHeap } from '../engine/core/event-heap.ts';
import { EventQueue } from '../engine/core/event-queue.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';
import { flatqueue } from './peers/flatqueue.ts';
import {
  FNV_START,
  fnvStep,
  HOLD_COUNT,
  hold,
  INCREMENT_NS,
  PUBLISHED_RESULTS,
} from './workloads/hold-model.ts';
import { WorkloadRandom } from './workloads/xoshiro-below.ts';

/** Name of this benchmark for `npm run bench -- hold-steps`. */
export const name = 'hold-steps';

const SIZES = [100, 10_000, 1_000_000] as const;
const ROUNDS = 5;
const NS_PER_US = 1_000;
// Private names: V8 folds them into hot code, while exported ones are loaded and checked each time.
const RANGE_NS = INCREMENT_NS;
const KIND = 1;
/**
 * As in the queue, a sequence number in the key keeps ties in order. Here the number restarts before time and number
 * together exceed 53 bits; a wrong hash would show that pending events span more than one round of numbers.
 */
const SEQUENCES = 262_144;
const MANY_SEQUENCES = 67_108_864;

/** What one run measured, and what it computed. */
interface Taken {
  readonly cpuUs: number;
  readonly clockNs: number;
  readonly hash: number;
}

type Step = (pending: number) => Taken;

/** Measures only the random draws and the hash, which every step needs. */
function nothing(pending: number): Taken {
  const random = new WorkloadRandom();
  for (let payload = 0; payload < pending; payload += 1) random.below(INCREMENT_NS);
  let [hash, clockNs] = [FNV_START, 0];
  const cpuUs = cpuTimeUs(() => {
    for (let i = 0; i < HOLD_COUNT; i += 1) {
      hash = fnvStep(hash, i);
      clockNs ^= random.below(RANGE_NS);
    }
  });
  return { cpuUs, clockNs, hash };
}

/** The heap of the queue, with keys of time and sequence, and nothing else. */
class BareHeap extends EventHeap {
  private sequence = 0;
  private readonly sequences: number;
  private readonly timeOfKey: number;

  constructor(pending: number) {
    super(Math.max(1_024, pending));
    this.sequences = pending === SIZES[0] ? SEQUENCES : MANY_SEQUENCES;
    this.timeOfKey = 1 / this.sequences;
  }

  add(timeNs: number, payload: number): void {
    this.keys[this.next] = timeNs * this.sequences + this.sequence;
    this.sequence = (this.sequence + 1) & (this.sequences - 1);
    this.insert(payload);
  }

  /** Time of the least entry. */
  timeNs(): number {
    this.fillTop();
    return Math.floor(this.topKey() * this.timeOfKey);
  }

  /** Removes the least entry; returns its payload. */
  remove(): number {
    const payload = this.topReference();
    this.vacateTop();
    return payload;
  }
}

/** Measures a bare heap without the rest of the event queue. */
function heap(pending: number): Taken {
  const queue = new BareHeap(pending);
  const random = new WorkloadRandom();
  for (let payload = 0; payload < pending; payload += 1) {
    queue.add(random.below(INCREMENT_NS), payload);
  }
  let [hash, clockNs] = [FNV_START, 0];
  const cpuUs = cpuTimeUs(() => {
    for (let i = 0; i < HOLD_COUNT; i += 1) {
      clockNs = queue.timeNs();
      const payload = queue.remove();
      hash = fnvStep(hash, payload);
      queue.add(clockNs + random.below(RANGE_NS), payload);
    }
  });
  return { cpuUs, clockNs, hash };
}

/**
 * Measures the event queue: a heap with handles to cancel by, a clock with a limit, far timers and a ring for "now".
 */
function queue(pending: number): Taken {
  const events = new EventQueue();
  const random = new WorkloadRandom();
  const handles = new Float64Array(pending);
  for (let payload = 0; payload < pending; payload += 1) {
    const slot = events.push(random.below(INCREMENT_NS), KIND, payload, 0);
    handles[payload] = events.handleOf(slot);
  }
  let hash = FNV_START;
  const cpuUs = cpuTimeUs(() => {
    for (let i = 0; i < HOLD_COUNT; i += 1) {
      const slot = events.take();
      const payload = events.records[(slot << 2) | 2] as number;
      events.release(slot);
      hash = fnvStep(hash, payload);
      const next = events.push(random.below(RANGE_NS), KIND, payload, 0);
      handles[payload] = events.handleOf(next);
    }
  });
  return { cpuUs, clockNs: events.clock[0] as number, hash };
}

/** Measures the scheduler, which protocols use: a queue that also checks delays and kinds, and calls a handler. */
function scheduler(pending: number): Taken {
  const { cpuUs, clockNs, fnv1a } = hold(pending, HOLD_COUNT);
  return { cpuUs, clockNs, hash: Number.parseInt(fnv1a, 16) };
}

function bareQueue(pending: number): Taken {
  const { cpuUs, clockNs, fnv1a } = flatqueue.hold(pending, HOLD_COUNT);
  return { cpuUs, clockNs, hash: Number.parseInt(fnv1a, 16) };
}

const STEPS: ReadonlyMap<string, Step> = new Map([
  ['draws and hash only', nothing],
  ['flatqueue: no order of ties, no cancel, no clock', bareQueue],
  ['heap with ties in order', heap],
  ['  and handles, clock, far timers', queue],
  ['  and checks, a handler called', scheduler],
]);

/** Measures the nanoseconds per event at each step. */
export function run(): readonly BenchResult[] {
  return SIZES.flatMap((pending) => {
    const taken = new Map<string, number[]>([...STEPS.keys()].map((step) => [step, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [step, found] of taken) found.push(inProcess(step, pending));
    }
    return [...taken].map(([step, ns]) => ({
      name: `${pending.toLocaleString('en')} pending: ${step.trim()}`,
      unit: 'ns/event',
      ...spreadOf(ns),
    }));
  });
}

function inProcess(step: string, pending: number): number {
  const file = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [...process.execArgv, file, step, String(pending)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`void: ${step} ended with ${child.status}`);
  return Number(child.stdout);
}

/** Measures one step, in this process; the first run warms up. */
function measure(step: string, pending: number): number {
  const work = STEPS.get(step) ?? nothing;
  work(pending);
  const { cpuUs, clockNs, hash } = work(pending);
  const expected = PUBLISHED_RESULTS.get(pending);
  if (work !== nothing) requireEqual('clock', clockNs, expected?.clockNs ?? -1);
  if (work !== nothing && work !== bareQueue) {
    requireEqual('hash', (hash >>> 0).toString(16).padStart(8, '0'), expected?.fnv1a ?? '');
  }
  return (cpuUs * NS_PER_US) / HOLD_COUNT;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(String(measure(process.argv[2] ?? '', Number(process.argv[3]))));
}
