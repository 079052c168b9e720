import { describe, expect, it } from 'vitest';
import {
  type MeasuredBatch,
  MeasurementMergeQueue,
} from '../../../../runner/distributed/coordinator/measurement-merge-queue.ts';

/** A queue, and a record of what it has executed with the instant that it showed. */
function recorded(): {
  queue: MeasurementMergeQueue;
  done: string[];
  push: (at: number, name: string) => void;
} {
  const queue = new MeasurementMergeQueue();
  const done: string[] = [];
  const push = (at: number, name: string): void =>
    queue.push(at, () => done.push(`${name}@${queue.nowNs}`));
  return { queue, done, push };
}

describe('MeasurementMergeQueue', () => {
  it('carries out what several processes told in the order in which it happened', () => {
    const { queue, done, push } = recorded();
    push(30, 'c');
    push(10, 'a');
    push(20, 'b');
    queue.settle(100);
    expect(done).toEqual(['a@10', 'b@20', 'c@30']);
  });

  it('keeps what happened at one instant in the order in which it came', () => {
    const { queue, done, push } = recorded();
    for (const name of ['first', 'second', 'third']) push(5, name);
    queue.settle(5);
    expect(done).toEqual(['first@5', 'second@5', 'third@5']);
  });

  it('leaves younger entries for later, the instant itself included', () => {
    const { queue, done, push } = recorded();
    push(10, 'a');
    push(11, 'b');
    queue.settle(10);
    expect(done).toEqual(['a@10']);
    queue.settle(Number.POSITIVE_INFINITY);
    expect(done).toEqual(['a@10', 'b@11']);
    queue.settle(Number.POSITIVE_INFINITY);
    expect(done).toHaveLength(2);
  });

  it('counts an entry that is older than what is settled, and still carries it out', () => {
    const { queue, done, push } = recorded();
    queue.settle(100);
    push(100, 'in time');
    expect(queue.late).toBe(0);
    push(99, 'late');
    expect(queue.late).toBe(1);
    queue.settle(100);
    expect(done).toEqual(['late@99', 'in time@100']);
  });

  it('never takes back how far it is settled', () => {
    const { queue, push } = recorded();
    queue.settle(100);
    queue.settle(50);
    push(60, 'late');
    expect(queue.late).toBe(1);
  });

  it('shows an instant only while an entry is carried out', () => {
    const { queue, push } = recorded();
    push(1, 'a');
    expect(queue.nowNs).toBeUndefined();
    queue.settle(1);
    expect(queue.nowNs).toBeUndefined();
  });

  it('keeps what an entry adds for the next time', () => {
    const queue = new MeasurementMergeQueue();
    const done: string[] = [];
    queue.push(1, () => queue.push(1, () => done.push('inner')));
    queue.settle(1);
    expect(done).toEqual([]);
    queue.settle(1);
    expect(done).toEqual(['inner']);
  });
});

describe('packets in rows', () => {
  /** Rows with given instants and a name, from one process. */
  function rows(done: string[], name: string, ...instants: number[]): MeasuredBatch {
    const values = Float64Array.from(instants.flatMap((at, i) => [at, i]));
    const fire = (row: Float64Array, at: number): void => {
      done.push(`${name}${row[at + 1]}@${row[at]}`);
    };
    return { values, width: 2, timeAt: 0, fire };
  }

  it('of several processes and batches are carried out in turn, between the entries around them', () => {
    const { queue, done, push } = recorded();
    queue.pushRows(0, rows(done, 'a', 10, 30));
    queue.pushRows(1, rows(done, 'b', 20, 40));
    queue.pushRows(0, rows(done, 'c', 35, 60));
    push(30, 'note');
    queue.settle(40);
    expect(done).toEqual(['a0@10', 'b0@20', 'note@30', 'a1@30', 'c0@35', 'b1@40']);
    queue.pushRows(1, rows(done, 'd', 50));
    queue.settle(Number.POSITIVE_INFINITY);
    expect(done.slice(6)).toEqual(['d0@50', 'c1@60']);
    expect(queue.late).toBe(0);
    expect(queue.nowNs).toBeUndefined();
  });

  it('are counted as late when they are older than what is settled, and still carried out', () => {
    const { queue, done } = recorded();
    queue.settle(100);
    queue.pushRows(0, rows(done, 'a', 98, 99, 100));
    expect(queue.late).toBe(2);
    queue.settle(100);
    expect(done).toEqual(['a0@98', 'a1@99', 'a2@100']);
  });
});
