/** Parts of a sweep, dealt out to more machines than there are combinations. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import { type EndedHere, orreryHere } from '../../command-here.ts';
import { SMALL } from './small-sweep.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-parts-'));
  writeFileSync(join(folder, 'small.yaml'), SMALL);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...words: readonly string[]): Promise<EndedHere> {
  return orreryHere(folder, words);
}

describe('a part without a combination', () => {
  const words = ['sweep', 'small.yaml', '--out', 'parts', '--shard'];
  const part = (index: number): string => `parts/small/sweep-shard-${index}-of-3`;

  it('says so, and never that it has passed', async () => {
    const { status, stdout, stderr } = await orrery(...words, '3/3');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^EMPTY {2}small {3}part 3 of 3 has no combination\n/);
    expect(stdout).not.toContain('PASS');
    expect(existsSync(join(folder, part(3), 'sweep.json'))).toBe(false);
    const json = JSON.parse((await orrery(...words, '3/3', '--json')).stdout) as unknown;
    expect(json).toMatchObject({ rows: [], empty: 'part 3 of 3 has no combination' });
  });

  it('is joined with the others, and is no verdict alone', async () => {
    for (const index of [1, 2, 3]) expect((await orrery(...words, `${index}/3`)).status).toBe(0);
    const whole = await orrery('merge', part(3), part(1), part(2), '--out', 'merged');
    expect([whole.status, whole.stdout]).toEqual([
      0,
      expect.stringContaining('PASS  small   2 of 2 combinations met   2 seeds each'),
    ]);
    const alone = await orrery('merge', part(3), '--out', 'alone');
    expect([alone.status, alone.stderr]).toEqual([
      2,
      expect.stringContaining('4 runs are missing'),
    ]);
    expect(readFileSync(join(folder, part(3), 'results.ndjson'), 'utf8').split('\n')).toHaveLength(
      2,
    );
  });
});

it('an adaptive combination is repeated with the seeds that it ran', async () => {
  const text = SMALL.replace('seeds: 2', 'seeds: [3, 7]').replace('name: small', 'name: adapt');
  const kpis = 'kpis: { ping.throughput: { rate: ">= 100/s" } }';
  writeFileSync(
    join(folder, 'adapt.yaml'),
    text.replace(/kpis:.*/, kpis).replace('200/s', '101/s'),
  );
  const swept = await orrery(
    'sweep',
    'adapt.yaml',
    '--adaptive',
    '4',
    '--out',
    'adaptive',
    '--json',
  );
  const [row] = (JSON.parse(swept.stdout) as SweepResult).rows;
  const set = ['--set', 'traffic.0.rate=100/s', '--set', 'seeds=[1,2,3,7]'];
  expect(row?.reproduce).toContain("--set traffic.0.rate=100/s --set 'seeds=[1,2,3,7]'");
  const alone = await orrery('scenario', 'adapt.yaml', ...set, '--out', 'alone', '--json');
  expect(JSON.parse(alone.stdout)).toMatchObject({ fingerprint: row?.fingerprint });
});
