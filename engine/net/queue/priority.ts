/**
 * Strict, non-preemptive priority with a limit per class (docs/spec/link-model.md#queues-and-rate-limits). The class comes from
 * the packet's DSCP (RFC 2474: 6 bits) or from a function of the packet.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import { NIL, type PacketTable } from '../packet-table.ts';
import { DropTail } from './drop-tail.ts';
import type { QueueDiscipline } from './queue-discipline.ts';

/** Number of DSCP values. */
const DSCP_VALUES = 64;

/** Limits of one class. */
export interface ClassLimits {
  readonly limitPackets?: number;
  readonly limitBytes?: number;
}

/** A queue of several classes; class 0 is served first. */
export class PriorityQueue implements QueueDiscipline {
  private readonly classes: readonly DropTail[];
  private classify: (packet: number) => number;

  constructor(
    table: PacketTable,
    classes: readonly ClassLimits[],
    classOfDscp: readonly number[] = defaultClasses(classes.length),
  ) {
    assert(classes.length >= 1, 'a priority queue needs at least one class');
    assert(classOfDscp.length === DSCP_VALUES, 'classOfDscp needs 64 entries');
    const infinite = Number.POSITIVE_INFINITY;
    this.classes = classes.map(
      (limits) =>
        new DropTail(table, limits.limitPackets ?? infinite, limits.limitBytes ?? infinite),
    );
    this.classify = (packet): number => classOfDscp[table.dscp[packet] as number] as number;
  }

  /** Replaces the classification by DSCP; `classify` returns 0..classes - 1. */
  setClassifier(classify: (packet: number) => number): void {
    this.classify = classify;
  }

  get packets(): number {
    return this.classes.reduce((sum, queue) => sum + queue.packets, 0);
  }

  get bytes(): number {
    return this.classes.reduce((sum, queue) => sum + queue.bytes, 0);
  }

  push(packet: number): boolean {
    const queue = this.classes[this.classify(packet)];
    assert(queue !== undefined, 'the classifier named a class that does not exist');
    return queue.push(packet);
  }

  peek(): number {
    for (const queue of this.classes) if (queue.packets > 0) return queue.peek();
    return NIL;
  }

  pop(): number {
    for (const queue of this.classes) if (queue.packets > 0) return queue.pop();
    return NIL;
  }

  setLimit(limitPackets: number, drop: (packet: number) => void): void {
    for (const queue of this.classes) queue.setLimit(limitPackets, drop);
  }

  flush(drop: (packet: number) => void): void {
    for (const queue of this.classes) queue.flush(drop);
  }
}

/**
 * The default classes: DSCP 48..63 (network control) is class 0, 32..47 class 1, and so on; the
 * rest is the last class.
 */
function defaultClasses(classes: number): number[] {
  return Array.from({ length: DSCP_VALUES }, (_, dscp) =>
    Math.min(classes - 1, 3 - Math.floor(dscp / 16)),
  );
}
