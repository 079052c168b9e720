import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Judged,
  judgeAll,
  owedAndNotGreen,
} from '../../../tools/requirements/judge-requirements.ts';
import type { LastRun, TestResult } from '../../../tools/requirements/last-run.ts';
import {
  requirementsDocument,
  terminalTable,
  withoutVerdicts,
} from '../../../tools/requirements/render-requirements.ts';
import { readRequirements, type Section } from '../../../tools/requirements/requirement-list.ts';
import { filesByRequirement, numbersIn } from '../../../tools/requirements/test-titles.ts';
import { ROOT } from '../../architecture/files.ts';

const LIST = join(ROOT, 'docs/requirements.yaml');

function sections(extra: Partial<Section['rows'][number]> = {}): readonly Section[] {
  return [
    { title: 'T', rows: [{ id: 'R-001', due: true, shall: 'Works.', checks: [], ...extra }] },
  ];
}

function ran(...tests: readonly TestResult[]): LastRun {
  return {
    testedAt: new Date(0),
    tests,
    kpis: new Map([['hello', [{ metric: 'a.b', pass: false }]]]),
  };
}

function only(extra: Partial<Section['rows'][number]>, run: LastRun): Judged {
  return judgeAll(sections(extra), run)[0]!;
}

const good: TestResult = { file: 'test/a.test.ts', title: 'R-001: works', status: 'passed' };
const bad: TestResult = { ...good, title: 'group R-001 fails', status: 'failed' };
const skipped: TestResult = { ...good, status: 'skipped' };

describe('a requirement', () => {
  it('is green when a test with its number passed and none failed', () => {
    expect(only({}, ran(good)).verdict).toBe('green');
  });

  it('is red when one of its tests failed, whatever else passed', () => {
    expect(only({}, ran(good, bad)).verdict).toBe('red');
  });

  it('is missing, not green, when nothing ran or all was skipped', () => {
    expect(only({}, ran()).verdict).toBe('missing');
    expect(only({}, ran(skipped)).verdict).toBe('missing');
    expect(owedAndNotGreen([only({}, ran(skipped))])).toHaveLength(1);
  });

  it('that is not due is later, and green early when it is shown', () => {
    const late = { due: undefined, wave: 2 } as const;
    expect(only(late as never, ran()).verdict).toBe('later');
    expect(only(late as never, ran(good)).verdict).toBe('green');
    expect(owedAndNotGreen([only(late as never, ran())])).toEqual([]);
  });

  it('takes the test that a check names, and is red when there is no such test', () => {
    const other: TestResult = { file: 'test/b.test.ts', title: 'counts twice', status: 'passed' };
    const check = (test: string): Judged => only({ checks: [{ test }] }, ran(other));
    expect(check('test/b.test.ts').verdict).toBe('green');
    expect(check('test/b.test.ts > counts').verdict).toBe('green');
    expect(check('test/b.test.ts > sleeps').verdict).toBe('red');
    expect(check('test/c.test.ts').verdict).toBe('red');
  });

  it('takes the verdict of a KPI from the newest report', () => {
    expect(only({ checks: [{ kpi: 'hello > a.b' }] }, ran()).verdict).toBe('red');
    expect(only({ checks: [{ kpi: 'hello > c.d' }] }, ran()).verdict).toBe('missing');
  });

  it('is printed with its failed checks and the totals', () => {
    const table = terminalTable(judgeAll(sections(), ran(good, bad)), ran());
    expect(table).toContain('✗ R-001      1/2  Works.');
    expect(table).toContain('failed: test/a.test.ts: group R-001 fails');
    expect(table).toContain('0 of 1 owed now are green');
  });
});

describe('titles', () => {
  it('are found in it, describe and each, and nowhere else', () => {
    const text = `
      // R-909 in a comment
      it('R-901: a', () => {});
      describe("R-902, R-903: b", () => {});
      it.each([1, 2])('R-904: %s', () => {});
      it.each(rows.map((row) => [row.name, row] as const))(\`R-905: \${x}\`, () => {});
      const text = 'R-908';
    `;
    expect(numbersIn(text)).toEqual(['R-901', 'R-902', 'R-903', 'R-904', 'R-905']);
  });
});

describe('docs/requirements.yaml', () => {
  const list = readRequirements(LIST);

  it('holds every number in order', () => {
    const rows = list.flatMap(({ rows }) => rows);
    expect(rows).toHaveLength(260);
    expect(rows.filter(({ due }) => due === true)).toHaveLength(103);
  });

  it('is what docs/REQUIREMENTS.md was written from: npm run requirements -- --write', () => {
    const written = readFileSync(join(ROOT, 'docs/REQUIREMENTS.md'), 'utf8');
    const files = filesByRequirement(ROOT);
    const fresh = requirementsDocument(list, { verdictOf: () => 'missing', files });
    expect(withoutVerdicts(written)).toBe(withoutVerdicts(fresh));
  });
});
