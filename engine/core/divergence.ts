/**
 * Finds the first event at which two runs of the same input differ (docs/spec/fingerprint.md):
 * first by checkpoints, then by full records of the one interval in which the runs diverge.
 *
 * Does not know what a run is, and decides no exit code.
 *
 * @module
 */
import {
  type Checkpoint,
  EVENTS_PER_CHECKPOINT,
  type EventObserver,
  type EventRecord,
  Fingerprint,
} from './fingerprint.ts';

/** Events `from` (exclusive) to `to` (inclusive), numbered from 1. */
export interface EventInterval {
  readonly from: number;
  readonly to: number;
}

/** The interval in which two runs diverge, and the first events that differ. */
export interface Divergence {
  /** The interval that contains the first differing event. */
  readonly interval: EventInterval;
  /** The first differing event of each run; both undefined if the runs did not differ when repeated for records. */
  readonly first: EventRecord | undefined;
  readonly second: EventRecord | undefined;
}

/** Runs the input once and mixes its events into the given fingerprint. */
export type RunIntoFingerprint = (fingerprint: Fingerprint) => void;

/** Keeps the full records of one interval of a run. */
class IntervalRecorder implements EventObserver {
  readonly records: EventRecord[] = [];
  private readonly interval: EventInterval;
  private ingredientsOfLast: number[] = [];
  private isInside = false;

  constructor(interval: EventInterval) {
    this.interval = interval;
  }

  event(record: Omit<EventRecord, 'ingredients'>): void {
    this.isInside = record.number > this.interval.from && record.number <= this.interval.to;
    if (!this.isInside) return;
    this.ingredientsOfLast = [];
    this.records.push({ ...record, ingredients: this.ingredientsOfLast });
  }

  ingredients(first: number, second: number): void {
    if (this.isInside) this.ingredientsOfLast.push(first, second);
  }
}

/**
 * The interval in which two fingerprints diverge.
 *
 * @returns undefined when both runs are equal.
 */
function firstUnequalInterval(a: Fingerprint, b: Fingerprint): EventInterval | undefined {
  const shared = Math.min(a.checkpoints.length, b.checkpoints.length);
  for (let i = 0; i < shared; i += 1) {
    if (!isSame(a.checkpoints[i], b.checkpoints[i])) {
      return { from: i * EVENTS_PER_CHECKPOINT, to: (i + 1) * EVENTS_PER_CHECKPOINT };
    }
  }
  if (a.count === b.count && a.digest() === b.digest()) return undefined;
  const from = shared * EVENTS_PER_CHECKPOINT;
  return { from, to: Math.min(Math.max(a.count, b.count), from + EVENTS_PER_CHECKPOINT) };
}

/**
 * Runs an input twice and, if the two differ, twice more to find the first differing event.
 *
 * @param run Makes the run; it must depend on nothing but its input.
 * @param nodeCount Number of nodes; the fingerprints have a lane for each.
 * @returns undefined when both runs are equal.
 */
export function findDivergence(run: RunIntoFingerprint, nodeCount: number): Divergence | undefined {
  const [a, b] = [new Fingerprint(nodeCount), new Fingerprint(nodeCount)];
  run(a);
  run(b);
  const interval = firstUnequalInterval(a, b);
  if (interval === undefined) return undefined;
  const [first, second] = [record(run, nodeCount, interval), record(run, nodeCount, interval)];
  for (let i = 0; i < Math.max(first.length, second.length); i += 1) {
    if (!isSameRecord(first[i], second[i])) return { interval, first: first[i], second: second[i] };
  }
  return { interval, first: undefined, second: undefined };
}

/**
 * Describes where two runs diverge.
 *
 * @param nodeName Name of the node with this index.
 */
export function describeDivergence(
  divergence: Divergence,
  nodeName: (node: number) => string = String,
): string {
  const { interval, first, second } = divergence;
  const found = first ?? second;
  if (found === undefined) {
    return (
      `the runs differ between events ${interval.from + 1} and ${interval.to}, but two ` +
      'recorded repetitions were equal: the run sometimes reads something that is not ' +
      'part ' +
      'of its input'
    );
  }
  const place = `first difference at event ${found.number}, time ${found.time} ns`;
  const subject = `node ${nodeName(found.node)}, kind ${found.kind}`;
  return [
    `${place}, ${subject}`,
    `  first run:  ${describeRecord(first, nodeName)}`,
    `  second run: ${describeRecord(second, nodeName)}`,
  ].join('\n');
}

function record(
  run: RunIntoFingerprint,
  nodeCount: number,
  interval: EventInterval,
): readonly EventRecord[] {
  const recorder = new IntervalRecorder(interval);
  const fingerprint = new Fingerprint(nodeCount);
  fingerprint.observe(recorder);
  run(fingerprint);
  return recorder.records;
}

function isSame(a: Checkpoint | undefined, b: Checkpoint | undefined): boolean {
  return a?.digest === b?.digest && a?.time === b?.time;
}

function isSameRecord(a: EventRecord | undefined, b: EventRecord | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const isSameEvent = a.time === b.time && a.node === b.node && a.kind === b.kind;
  const hasSameBytes = a.length === b.length && a.ingredients.length === b.ingredients.length;
  return isSameEvent && hasSameBytes && a.ingredients.every((word, i) => word === b.ingredients[i]);
}

function describeRecord(
  found: EventRecord | undefined,
  nodeName: (node: number) => string,
): string {
  if (found === undefined) return 'no such event, the run had ended';
  const words = found.ingredients.map((word) => (word >>> 0).toString(16).padStart(8, '0'));
  const extra = words.length > 0 ? `, ingredients ${words.join(' ')}` : '';
  const { number, time, node, kind, length } = found;
  return `event ${number} at ${time} ns, node ${nodeName(node)}, kind ${kind}, length ${length}${extra}`;
}
