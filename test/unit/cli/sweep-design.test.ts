import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import { orreryHere } from '../../command-here.ts';

const BASE = `name: designed
topology: two-nodes.yaml
duration: 3s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B }
kpis: { ping.delivery: { value: ">= 99%" } }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-design-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a sweep; returns its combinations in order, and what it said. */
async function sweep(
  lines: string,
): Promise<{ readonly cells: readonly unknown[]; readonly said: string }> {
  writeFileSync(join(folder, 'designed.yaml'), `${BASE}sweep:\n${lines.replaceAll(/^/gm, '  ')}\n`);
  const words = ['sweep', 'designed.yaml', '--out', 'out'];
  const { status, stderr } = await orreryHere(folder, words);
  expect(status, stderr).toBe(0);
  const text = readFileSync(join(folder, 'out/designed/sweep/sweep.json'), 'utf8');
  const { rows } = JSON.parse(text) as SweepResult;
  return { cells: rows.map(({ parameters }) => parameters), said: stderr };
}

describe('orrery sweep', () => {
  it('refused values that a condition keeps apart: a warm-up of 2 s in a run of 1 s', async () => {
    const { cells, said } = await sweep(
      'duration: 1s..3s step 2s\nwarmup: [0s, 2s]\nwhere: warmup < duration',
    );
    expect(cells).toEqual([
      { duration: '1s', warmup: '0s' },
      { duration: '3s', warmup: '0s' },
      { duration: '3s', warmup: '2s' },
    ]);
    expect(said).not.toMatch(/where/);
  });

  it('says once what the design leaves out, and runs the rest of the sample', async () => {
    const { cells, said } = await sweep(
      'sample: { runs: 4 }\ntraffic.0.rate: 10/s..50/s\nwhere: rate > 20/s',
    );
    expect(cells).toHaveLength(3);
    expect(said.match(/leaves out 1 of the 4 points of the sample/g)).toHaveLength(1);
  });
});
