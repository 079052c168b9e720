/**
 * `npm run verify` as a user calls it: exit codes, streams, flags.
 *
 * @module
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../command-line.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function verify(...flags: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND_LINE, 'verify', ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' },
  });
}

describe('npm run verify', () => {
  it('prints a green table and exits 0', () => {
    const { status, stdout } = verify('--only', '12,1');
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^PASS {2}verify {3}2 of 2 checks green {3}seed 1 {3}[\d.]+ s$/);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // In the order of the suite, regardless of the order in the flag.
    const heads = lines.filter((line) => /^ ?\d/.test(line));
    expect(heads).toEqual([' 1  serialisation + propagation', '12  token bucket']);
  });

  it('a wrong engine exits 1 and is named', () => {
    const { status, stdout } = verify('--only', '1', '--mutation', 'header-not-counted');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}verify/);
    expect(stdout).toContain('wrong engine header-not-counted');
    expect(stdout).toContain('10 084 320  10 080 000        equal RED');
  });

  it('several seeds are judged together, as JSON on request', () => {
    const { status, stdout } = verify('--only', '12', '--seeds', '3', '--json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ pass: true, seeds: [1, 2, 3] });
    expect(report.checks[0].measures[0].perSeed).toEqual([90_000_000, 90_000_000, 90_000_000]);
  });

  it.each([
    { flags: ['--only', '22'], text: '--only: there is no check "22"' },
    { flags: ['--mutation', 'fifo'], text: '--mutation: there is no "fifo"' },
    { flags: ['--seeds', '0'], text: '--seeds: 0 is out of range, from 1 to 10,000 is allowed' },
  ])('refuses $flags and says what is allowed', ({ flags, text }) => {
    const { status, stdout, stderr } = verify(...flags);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(text);
    expect(stderr).toContain('hint:');
  });
});
