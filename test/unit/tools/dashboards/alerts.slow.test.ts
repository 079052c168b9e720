/**
 * Each alert of docs/deploy/prometheus-alerts.yaml fires just above its threshold and not at it, by Prometheus's own rule tests.
 * promtool is on the path, or where .ci/run unpacks it from Debian's package `prometheus`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../architecture/files.ts';

const RULES = join(ROOT, 'docs/deploy/prometheus-alerts.yaml');
const TESTS = join(ROOT, 'test/unit/tools/dashboards/prometheus-alerts.yaml');
const PROGRAMS = [join(ROOT, 'node_modules/.cache/prometheus/usr/bin/promtool'), 'promtool'];
const promtool = PROGRAMS.find((program) => spawnSync(program, ['--version']).status === 0);
const WITHOUT = promtool === undefined ? ' (promtool is missing: apt-get install prometheus)' : '';
const rules = readFileSync(RULES, 'utf8');

/** Runs the rule tests on a text of rules. @returns the exit code, and what was printed. */
function testRules(text: string): readonly [number | null, string] {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-alerts-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), text);
    const tests = readFileSync(TESTS, 'utf8').replace(
      /^rule_files: .*$/m,
      'rule_files: [rules.yaml]',
    );
    writeFileSync(join(folder, 'tests.yaml'), tests);
    const { status, stdout, stderr } = spawnSync(
      promtool ?? '',
      ['test', 'rules', join(folder, 'tests.yaml')],
      { encoding: 'utf8' },
    );
    return [status, stdout + stderr];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(promtool === undefined)(`R-068 the alerts of gateways${WITHOUT}`, () => {
  it('fire above their thresholds, and not at them', () => {
    const [status, said] = testRules(rules);
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it('are eleven, one of them with two levels, and each is tested both ways', () => {
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);
    expect([alerts.length, new Set(alerts).size]).toEqual([12, 11]);
    const tests = readFileSync(TESTS, 'utf8').split('\n');
    const untested = alerts.filter((name) => {
      const own = tests.filter((line) => line.includes(`alertname: ${name},`));
      const still = own.filter((line) => line.includes('exp_alerts: []'));
      return still.length === 0 || still.length === own.length;
    });
    expect(untested).toEqual([]);
  });

  it('are red when one threshold, comparison or name is another', () => {
    const broken = [
      ['< 250000', '< 240000'],
      ['* 60 > 100', '* 60 >= 100'],
      ['betanet_gateway_replays_blocked_total', 'betanet_gateway_replay_blocked_total'],
      ['betanet_gateway_paths_active == 0', 'betanet_gateway_paths_active < 0'],
      ['severity: info', 'severity: warning'],
    ] as const;
    const passed = broken.filter(([from, to]) => {
      expect(rules).toContain(from);
      return testRules(rules.replace(from, to))[0] === 0;
    });
    expect(passed).toEqual([]);
  });
});
