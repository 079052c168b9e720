/** What a sweep prints at its end. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../../command-line.ts';

const SMALL = `name: small
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
seeds: 2
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 99%" } }
sweep: { traffic.0.rate: [100/s, 101/s] }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-output-'));
  writeFileSync(join(folder, 'small.yaml'), SMALL);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...words: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const env = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
  const options = { cwd: folder, encoding: 'utf8', env } as const;
  return spawnSync(process.execPath, [COMMAND_LINE, ...words], options);
}

describe('orrery sweep', () => {
  it('with -q printed the whole table and the list of files, as did merge', () => {
    const verdict = 'PASS  small   2 of 2 combinations met   2 seeds each\n';
    const swept = orrery('sweep', 'small.yaml', '-q', '--out', 'quiet');
    expect(swept).toMatchObject({ status: 0, stdout: verdict, stderr: '' });
    expect(existsSync(join(folder, 'quiet/small/sweep/sweep.html'))).toBe(true);
    const merged = orrery('merge', 'quiet/small/sweep', '-q', '--out', 'merged');
    expect(merged).toMatchObject({ status: 0, stdout: verdict, stderr: '' });
  });
});
