/** The scan of packages for known faults, and what it says where no registry answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  auditExitCode,
  auditText,
  judgeAudit,
  packagesOf,
  recordOf,
} from '../../../tools/audit.ts';
import { ROOT } from '../../architecture/files.ts';

const lockWith = (versions: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    packages: {
      '': { version: '0.1.0' },
      ...Object.fromEntries(
        Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]),
      ),
      'node_modules/renamed': { name: '@scope/real', version: '7.0.0' },
    },
  });
const LOCK = lockWith({ ws: '8.0.0', 'ws/node_modules/ms': '2.0.0' });
/** As npm 10 prints it. */
const ANSWER = JSON.stringify({
  auditReportVersion: 2,
  vulnerabilities: {
    ws: {
      name: 'ws',
      severity: 'high',
      via: [{ title: 'Denial of service', url: 'https://advisories.example/1', range: '<8.1.0' }],
      effects: ['top'],
      nodes: ['node_modules/ws'],
    },
    top: { name: 'top', severity: 'high', via: ['ws'], effects: [], nodes: ['node_modules/top'] },
  },
  metadata: {},
});
const CLEAN = JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} });
/** As npm prints when the registry answers no audits. */
const REFUSED = JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405, body: '' });
const FAULT = 'ws@8.0.0: high: Denial of service, https://advisories.example/1';

describe('npm run audit', () => {
  it('R-244: fails on each known fault, by package, version and advisory', () => {
    const record = recordOf(ANSWER, LOCK, '2026-11-01');
    expect(record).toEqual({
      date: '2026-11-01',
      packages: ['@scope/real@7.0.0', 'ms@2.0.0', 'ws@8.0.0'],
      faults: [FAULT],
    });
    const verdict = judgeAudit(record, LOCK, '2026-11-03');
    expect(verdict).toEqual({ faults: [FAULT], unscanned: [], days: 2 });
    expect(auditExitCode(verdict, false)).toBe(1);
    expect(auditText(verdict, 3)).toBe(`3 of 3 packages scanned 2 days ago\nFAULT: ${FAULT}`);
  });

  it('R-244: passes what a scan found clean, and no longer blames a version that has left', () => {
    const clean = judgeAudit(recordOf(CLEAN, LOCK, '2026-11-01'), LOCK, '2026-11-01');
    expect(auditExitCode(clean, true)).toBe(0);
    const newer = lockWith({ ws: '8.1.0', 'ws/node_modules/ms': '2.0.0' });
    const after = judgeAudit(recordOf(ANSWER, LOCK, '2026-11-01'), newer, '2026-11-01');
    expect(after).toEqual({ faults: [], unscanned: ['ws@8.1.0'], days: 0 });
  });

  it('R-244: takes no answer for no faults: without a registry, packages are unscanned', () => {
    for (const answer of [REFUSED, '', 'npm error network']) {
      expect(recordOf(answer, LOCK, '2026-11-01')).toBeUndefined();
    }
    const verdict = judgeAudit(undefined, LOCK, '2026-11-01');
    expect(verdict.unscanned).toHaveLength(3);
    expect(auditText(verdict, 3)).toMatch(/^no scan is recorded\nUNSCANNED: @scope\/real@7/);
    expect([auditExitCode(verdict, false), auditExitCode(verdict, true)]).toEqual([0, 1]);
  });

  it('R-244: calls a scan of more than 30 days too old', () => {
    const record = recordOf(CLEAN, LOCK, '2026-10-01');
    const [fresh, old] = ['2026-10-31', '2026-11-01'].map((day) => judgeAudit(record, LOCK, day));
    expect(auditExitCode(fresh!, true)).toBe(0);
    expect(auditExitCode(old!, true)).toBe(1);
    expect(auditText(old!, 3)).toBe(
      '3 of 3 packages scanned 31 days ago\nOLD: a scan holds for 30 days',
    );
  });

  it('R-244: sees every package of our lock file, and is a step of CI', () => {
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    const names = packagesOf(lock);
    expect(names.length).toBeGreaterThan(300);
    expect(names).toContain('typescript@7.0.2');
    expect(names).toContain('typescript@6.0.3');
    expect(names.filter((name) => name.endsWith('@?') || name.startsWith('orrery@'))).toEqual([]);
    expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toMatch(/^npm run --silent audit$/m);
  });
});
