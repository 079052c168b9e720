import { describe, expect, it } from 'vitest';
import { SettleQueue } from '../../../../scenarios/distributed/settle-queue.ts';

/** A queue, and what it has carried out with the instant that it showed. */
function recorded(): {
  queue: SettleQueue;
  done: string[];
  push: (at: number, name: string) => void;
} {
  const queue = new SettleQueue();
  const done: string[] = [];
  const push = (at: number, name: string): void =>
    queue.push(at, () => done.push(`${name}@${queue.nowNs}`));
  return { queue, done, push };
}

describe('SettleQueue', () => {
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
    const queue = new SettleQueue();
    const done: string[] = [];
    queue.push(1, () => queue.push(1, () => done.push('inner')));
    queue.settle(1);
    expect(done).toEqual([]);
    queue.settle(1);
    expect(done).toEqual(['inner']);
  });
});
