import { describe, expect, it } from 'vitest';
import { DiskWriteScheduler } from '../../../../nodes/fabric/disk-write-scheduler.ts';
import { FIRST_RETRY_NS } from '../../../../nodes/fabric/geometry.ts';

describe('the writes of a peer', () => {
  it('are one at a time, and what is asked for meanwhile is part of the next', () => {
    const journal = new DiskWriteScheduler<string>(() => true);
    expect(journal.begins(0)).toBe(false);
    journal.ask('a');
    journal.ask();
    expect(journal.begins(0)).toBe(true);
    journal.ask('b');
    expect(journal.begins(1)).toBe(false);
    expect(journal.done()).toEqual(['a']);
    expect(journal.begins(2)).toBe(true);
    expect(journal.done()).toEqual(['b']);
    expect(journal.begins(3)).toBe(false);
  });

  it('that fail are tried again after 250 ms, in order, with what came since', () => {
    const journal = new DiskWriteScheduler<string>(() => true);
    journal.ask('a');
    journal.begins(0);
    journal.ask('b');
    journal.failed(10);
    journal.ask('c');
    expect(journal.nextAt).toBe(10 + FIRST_RETRY_NS);
    expect(journal.begins(9 + FIRST_RETRY_NS)).toBe(false);
    expect(journal.begins(10 + FIRST_RETRY_NS)).toBe(true);
    expect(journal.nextAt).toBe(Number.POSITIVE_INFINITY);
    journal.failed(20 + FIRST_RETRY_NS);
    expect(journal.begins(20 + 2 * FIRST_RETRY_NS)).toBe(true);
    expect(journal.done()).toEqual(['a', 'b', 'c']);
  });

  it('kept what nobody needed any more as long as the disk did not answer', () => {
    const needed = new Set<number>();
    const journal = new DiskWriteScheduler<number>((item) => needed.has(item));
    for (let item = 0; item < 100_000; item += 1) {
      needed.add(item);
      journal.ask(item);
      needed.delete(item - 10);
    }
    journal.begins(0);
    expect(journal.writing.length).toBeLessThanOrEqual(1_025);
    expect(journal.writing.slice(-10)).toEqual([...needed]);
  });
});
