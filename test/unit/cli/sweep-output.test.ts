/** What a sweep prints at its end. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import { type EndedHere, orreryHere } from '../../command-here.ts';

const SMALL = `name: small
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
seeds: 2
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 101/s] }
`;
/** One combination is met in each seed; the other has values around its limit. */
const LOSSY = SMALL.replace('name: small', 'name: lossy')
  .replace('kind: constant', 'kind: poisson')
  .replace('{ ping.delivery: { value: ">= 99%" } }', '{ ping.throughput: { rate: ">= 100/s" } }')
  .replace('[100/s, 101/s]', '[500/s, 97/s]');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-output-'));
  writeFileSync(join(folder, 'small.yaml'), SMALL);
  writeFileSync(join(folder, 'lossy.yaml'), LOSSY);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...words: readonly string[]): Promise<EndedHere> {
  return orreryHere(folder, words);
}

describe('orrery sweep', () => {
  it('with -q printed the whole table and the list of files, as did merge', async () => {
    const verdict = 'PASS  small   2 of 2 combinations met   2 seeds each\n';
    const swept = await orrery('sweep', 'small.yaml', '-q', '--out', 'quiet');
    expect(swept).toMatchObject({ status: 0, stdout: verdict, stderr: '' });
    expect(existsSync(join(folder, 'quiet/small/sweep/sweep.html'))).toBe(true);
    const merged = await orrery('merge', 'quiet/small/sweep', '-q', '--out', 'merged');
    expect(merged).toMatchObject({ status: 0, stdout: verdict, stderr: '' });
  });

  it('named its files in a line of 85 columns', async () => {
    const { stdout } = await orrery('sweep', 'small.yaml', '--out', 'a-folder-with-a-long-name');
    expect(stdout).toMatch(
      /\n {2}a-folder-\S+\/ {2}sweep\.html · sweep\.md · sweep\.json\n {2}results\.ndjson\n/,
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('with --adaptive said 2 seeds each where some had 4, and repeated another sweep', async () => {
    const { status, stdout, stderr } = await orrery('sweep', 'lossy.yaml', '--adaptive', '4');
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}lossy {3}1 of 2 combinations met {3}2 to 4 seeds\n/);
    const place = join(folder, 'runs/lossy', readdirSync(join(folder, 'runs/lossy'))[0] ?? '');
    const text = (name: string): string => readFileSync(join(place, name), 'utf8');
    expect(text('sweep.md')).toMatch(/\n2 to 4 seeds\. Reproduce: `.* --adaptive 4`\n/);
    const { reproduce, rows } = JSON.parse(text('sweep.json')) as SweepResult;
    expect(reproduce).toMatch(/sweep lossy\.yaml (-- )?--adaptive 4$/);
    expect(rows.map(({ runs }) => runs?.length)).toEqual([2, 4]);
    expect(text('sweep.html')).toContain('<dd>2 to 4, more where they decide</dd>');
    expect(text('sweep.html')).toMatch(/<code id="reproduce">[^<]* --adaptive 4</);
    const merged = await orrery('merge', place, '--out', 'merged', '--json');
    expect((JSON.parse(merged.stdout) as SweepResult).reproduce).toBe(reproduce);
  });

  it('took fewer adaptive seeds than there are at first, and saved 0 runs', async () => {
    const few = ['--seeds', '4', '--adaptive', '3', '--out', 'few'];
    const { status, stderr } = await orrery('sweep', 'small.yaml', ...few);
    expect(status).toBe(2);
    expect(stderr).toContain('--adaptive: 3 is too few, combinations begin with 4 seeds\n');
    expect(stderr).toMatch(/\n +\^{10}\n {3}hint: write --adaptive 8, /);
    expect(existsSync(join(folder, 'few'))).toBe(false);
    expect((await orrery('sweep', 'small.yaml', '--adaptive', '1')).stderr).toContain(
      'with 2 seeds',
    );
  });
});
