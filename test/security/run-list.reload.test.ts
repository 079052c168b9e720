/**
 * What a folder of untrusted runs can cost the server of the browser view: how many runs it lists,
 * how long a report may be, and how many reports are in memory at a time.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Files being read now, the largest number at a time, and the total. */
const reads = vi.hoisted(() => ({ now: 0, most: 0, total: 0 }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const readFile = async (...order: Parameters<typeof real.readFile>): Promise<unknown> => {
    reads.now += 1;
    reads.total += 1;
    reads.most = Math.max(reads.most, reads.now);
    // Long enough for all allowed reads to be under way.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return real.readFile(...order).finally(() => {
      reads.now -= 1;
    });
  };
  return { ...real, readFile };
});

// Another test file in this worker may have loaded the module with the real readFile.
vi.resetModules();
const { RunFolder } = await import('../../viz/server/runs.ts');

const MIB = 2 ** 20;
let folder = '';

/** A run with an invalid report. Its card says so, but the server has to read the report first. */
function addRun(name: string): string {
  mkdirSync(join(folder, name));
  const file = join(folder, name, 'report.json');
  writeFileSync(file, '{}');
  return file;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-run-list-'));
  Object.assign(reads, { now: 0, most: 0, total: 0 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the list of runs', () => {
  it('has four reports in memory at a time, however many pages ask for it at once', async () => {
    for (let run = 0; run < 30; run++) addRun(`run-${run}`);
    const runs = new RunFolder(folder);
    const lists = await Promise.all(Array.from({ length: 10 }, () => runs.index()));
    expect(reads.most).toBe(4);
    expect(reads.total).toBe(30);
    for (const { cards } of lists) expect(cards).toHaveLength(30);
  });

  it('has what was there when it was asked for, also while another page has it made', async () => {
    for (let run = 0; run < 9; run++) addRun(`run-${run}`);
    const runs = new RunFolder(folder);
    const first = runs.index();
    while (reads.total === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    addRun('new');
    const [{ cards }, second] = await Promise.all([runs.index(), first]);
    expect([second.cards.length, cards.length]).toEqual([9, 10]);
    expect(reads.total).toBe(10);
  });

  it('is made anew when it is asked for later, and reads only what has changed', async () => {
    addRun('old');
    const runs = new RunFolder(folder);
    await runs.index();
    addRun('new');
    const { cards } = await runs.index();
    expect(cards.map(({ id }) => id).sort()).toEqual(['new', 'old']);
    expect(reads.total).toBe(2);
  });

  it('reads a report of 32 MiB, and none that is a byte longer', async () => {
    truncateSync(addRun('long'), 32 * MIB);
    truncateSync(addRun('too-long'), 32 * MIB + 1);
    const { cards } = await new RunFolder(folder).index();
    expect(reads.total).toBe(1);
    const reasonOf = (name: string): unknown => cards.find(({ id }) => id === name);
    expect(reasonOf('too-long')).toMatchObject({
      kind: 'broken',
      reason: 'report.json has 33554433 bytes, too many for a card',
    });
    expect(reasonOf('long')).not.toMatchObject({ reason: expect.stringContaining('too many') });
  });

  it('has 500 cards, and says how many runs it leaves out', async () => {
    for (let run = 0; run < 503; run++) addRun(`run-${run}`);
    const { cards, leftOut } = await new RunFolder(folder).index();
    expect([cards.length, leftOut]).toEqual([500, 3]);
    expect(reads.most).toBe(4);
  });
});
