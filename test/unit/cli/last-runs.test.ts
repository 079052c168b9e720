/** Which two runs are compared if the command names none. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLastTwoRuns } from '../../../cli/last-runs.ts';

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'orrery-runs-'));
});
afterEach(() => rmSync(out, { recursive: true }));

function leave(run: string, seconds: number, file = 'report.json'): void {
  mkdirSync(join(out, run), { recursive: true });
  writeFileSync(join(out, run, file), '{}');
  utimesSync(join(out, run, file), seconds, seconds);
}

describe('the last two runs', () => {
  it('are of the scenario that ran last, whatever else ran in between', () => {
    leave('failover/1_2026-01-01T00-00-00Z', 1_000);
    leave('failover/1-set-0123abcd', 2_000);
    leave('hello/1', 3_000);
    leave('failover/1', 4_000);
    leave('failover/sweep', 5_000, 'sweep.json');
    leave('failover/sweep/7', 5_000);
    leave('bench', 6_000, 'start.json');
    expect(findLastTwoRuns(out)).toEqual({
      before: join(out, 'failover/1-set-0123abcd'),
      last: join(out, 'failover/1'),
    });
  });

  it('are not one: the message says what to do', () => {
    expect(() => findLastTwoRuns(out)).toThrow(`there is no run below ${out}`);
    leave('hello/1', 1_000);
    leave('failover/1', 2_000);
    expect(() => findLastTwoRuns(out)).toThrow(/failover\/1 is the only run of failover below/);
    expect(() => findLastTwoRuns(join(out, 'nowhere'))).toThrow('there is no run below');
  });
});
