import { describe, expect, it } from 'vitest';
import {
  dueButNotGreen,
  type JudgedRequirement,
  judgeRequirements,
} from '../../../../tools/requirements/judge-requirements.ts';
import type {
  DefectEvidence,
  FigureEvidence,
  KpiEvidence,
  LastRun,
  RowEvidence,
  TestResult,
} from '../../../../tools/requirements/last-run.ts';
import { requirementsTerminalTable } from '../../../../tools/requirements/render-requirements.ts';
import type {
  RequirementCheck,
  RequirementSection,
} from '../../../../tools/requirements/requirement-list.ts';

type Row = RequirementSection['rows'][number];

function sections(extra: Partial<Row> = {}): readonly RequirementSection[] {
  return [
    {
      title: 'T',
      rows: [{ id: 'R-001', due: true, shall: 'Works.', checks: [], defects: [], ...extra }],
    },
  ];
}

function ran(tests: readonly TestResult[], more: Partial<LastRun> = {}): LastRun {
  return { testedAt: new Date(0), tests, kpis: [], figures: [], nightly: [], defects: [], ...more };
}

function only(extra: Partial<Row>, run: LastRun, files: readonly string[] = []): JudgedRequirement {
  return judgeRequirements(sections(extra), run, new Map([['R-001', files]]))[0]!;
}

const good: TestResult = { file: 'test/a.test.ts', title: 'R-001: works', status: 'passed' };
const bad: TestResult = { ...good, title: 'group R-001 fails', status: 'failed' };
const skipped: TestResult = { ...good, title: 'R-001: on IPv6', status: 'skipped' };
const late = { due: undefined, wave: 2 } as unknown as Partial<Row>;

describe('a requirement with tests', () => {
  it('is green when all tests with its number passed', () => {
    expect(only({}, ran([good])).verdict).toBe('green');
    expect(only({}, ran([good, { ...good, title: 'R-001: more' }])).verdict).toBe('green');
  });

  it('is red when one of its tests failed, whatever else passed', () => {
    expect(only({}, ran([good, bad])).verdict).toBe('red');
  });

  it('is partly shown, not green, when a test passed beside one that was skipped', () => {
    const judged = only({}, ran([good, skipped]));
    expect(judged.verdict).toBe('partly');
    expect(judged.silent).toEqual(['test/a.test.ts: R-001: on IPv6']);
    expect(dueButNotGreen([judged])).toHaveLength(1);
  });

  it('is partly shown when a file that carries its number did not run', () => {
    const files = ['test/a.test.ts', 'test/viz/b.test.ts'];
    const judged = only({}, ran([good]), files);
    expect(judged.verdict).toBe('partly');
    expect(judged.silent).toEqual(['test/viz/b.test.ts: did not run']);
    const other = { ...good, file: 'test/viz/b.test.ts' };
    expect(only({}, ran([good, other]), files).verdict).toBe('green');
  });

  it('is shown by the nightly when a file that takes turns rests at this commit', () => {
    const files = ['test/a.test.ts', 'test/scenarios/verify.slow.test.ts'];
    const row: RowEvidence = { name: 'long-tests', isPassed: true, stale: undefined };
    const withRow = (nightly: readonly RowEvidence[]): string =>
      only({}, ran([good], { nightly }), files).verdict;
    expect(withRow([])).toBe('partly');
    expect(withRow([row])).toBe('green');
    expect(withRow([{ ...row, isPassed: false }])).toBe('red');
    expect(withRow([{ ...row, stale: '20 days old' }])).toBe('partly');
  });

  it('takes no suite for a file of its own: its titles come under the tests that run it', () => {
    const files = ['test/a.test.ts', 'test/conformance/port.suite.ts'];
    expect(only({}, ran([good]), files).verdict).toBe('green');
  });

  it('is missing, not green, when nothing ran or all was skipped', () => {
    expect(only({}, ran([])).verdict).toBe('missing');
    expect(only({}, ran([skipped])).verdict).toBe('missing');
  });

  it('is stale when its tests ran on other files only, and partly when some did', () => {
    const old: TestResult = { ...good, title: 'R-001: before', status: 'stale' };
    expect(only({}, ran([old])).verdict).toBe('stale');
    expect(only({}, ran([good, old])).verdict).toBe('partly');
  });

  it('that is not due is later until all is shown, and then green early', () => {
    expect(only(late, ran([])).verdict).toBe('later');
    expect(only(late, ran([good, skipped])).verdict).toBe('later');
    expect(only(late, ran([good])).verdict).toBe('green');
    expect(only(late, ran([bad])).verdict).toBe('red');
    expect(dueButNotGreen([only(late, ran([]))])).toEqual([]);
  });

  it('is not green while its row says that something is open, whatever passes', () => {
    const open = { open: 'ran on Linux only' };
    expect(only(open, ran([good])).verdict).toBe('partly');
    expect(only({ ...late, ...open }, ran([good])).verdict).toBe('later');
  });

  it('takes the test that a check names, and is red when there is no such test in its file', () => {
    const other: TestResult = { file: 'test/b.test.ts', title: 'counts twice', status: 'passed' };
    const check = (test: string): JudgedRequirement => only({ checks: [{ test }] }, ran([other]));
    expect(check('test/b.test.ts').verdict).toBe('green');
    expect(check('test/b.test.ts > counts').verdict).toBe('green');
    expect(check('test/b.test.ts > sleeps').verdict).toBe('red');
    expect(check('test/c.test.ts').verdict).toBe('missing');
  });
});

const DEFECT = { text: 'cpuUs: user + system,', becomes: 'cpuUs: user,' };
const planted: DefectEvidence = {
  id: 'R-001',
  ...DEFECT,
  commit: 'abc1234',
  foundBy: 'test/a.test.ts: R-001: works',
  stale: undefined,
};

describe('a requirement with defects that its tests must find', () => {
  const judged = (defects: readonly DefectEvidence[]): JudgedRequirement =>
    only({ defects: [DEFECT] }, ran([good], { defects }));

  it('is green when a test found each that was planted', () => {
    expect(judged([planted]).verdict).toBe('green');
  });

  it('is red when one survived', () => {
    const { verdict, failed } = judged([{ ...planted, foundBy: null }]);
    expect(verdict).toBe('red');
    expect(failed).toEqual(['planted defect: cpuUs: user + system,: no test found it']);
  });

  it('is not green when one was not planted, was planted long ago, or was another', () => {
    expect(judged([]).verdict).toBe('partly');
    expect(judged([{ ...planted, stale: '15 days old' }]).verdict).toBe('partly');
    expect(judged([{ ...planted, becomes: 'cpuUs: system,' }]).verdict).toBe('partly');
    expect(judged([{ ...planted, id: 'R-002' }]).verdict).toBe('partly');
  });
});

const CHECK: RequirementCheck = { kpi: 'hello > ping.rtt', seeds: 1 };
const kpi: KpiEvidence = {
  scenario: 'hello',
  mode: 'sim',
  seeds: 30,
  metric: 'ping.rtt',
  aggregation: 'p95',
  status: 'pass',
  value: 120,
  n: 120,
  stale: undefined,
};
const NIGHTLY = { commit: 'abc1234', date: '2026-11-20' };

function judgedKpi(
  check: Partial<RequirementCheck>,
  ...kpis: readonly KpiEvidence[]
): JudgedRequirement {
  return only({ checks: [{ ...CHECK, ...check } as RequirementCheck] }, ran([good], { kpis }));
}

describe('a KPI', () => {
  it('that no report has leaves its row partly shown, not green', () => {
    expect(judgedKpi({}).verdict).toBe('partly');
    expect(judgedKpi({}, kpi).verdict).toBe('green');
    expect(judgedKpi({}, { ...kpi, metric: 'ping.delivery' }).verdict).toBe('partly');
  });

  it('of a report of another commit shows nothing', () => {
    const judged = judgedKpi({}, { ...kpi, stale: 'of commit 1234567' });
    expect(judged.verdict).toBe('partly');
    expect(judged.silent).toEqual(['hello > ping.rtt: of commit 1234567']);
  });

  it.each([
    [29, 'partly'],
    [30, 'green'],
  ])('of %i seeds where 30 are asked for is %s', (seeds, verdict) => {
    expect(judgedKpi({ seeds: 30 }, { ...kpi, seeds }).verdict).toBe(verdict);
  });

  it.each([
    [119, 'partly'],
    [120, 'green'],
  ])('of %i samples where 120 are asked for is %s', (n, verdict) => {
    expect(judgedKpi({ samples: 120 }, { ...kpi, n }).verdict).toBe(verdict);
  });

  it.each([
    [120, 'green'],
    [121, 'red'],
  ])('of %i where the row asks for 120 is %s, whatever its scenario allows', (value, verdict) => {
    expect(judgedKpi({ limit: '<= 120' }, { ...kpi, value }).verdict).toBe(verdict);
  });

  it('that had nothing to judge shows nothing', () => {
    expect(judgedKpi({}, { ...kpi, status: 'not-applicable' }).verdict).toBe('partly');
  });

  it('that one fresh report missed is red, however many seeds another has', () => {
    expect(judgedKpi({}, kpi, { ...kpi, seeds: 1, status: 'fail' }).verdict).toBe('red');
    expect(judgedKpi({}, kpi, { ...kpi, status: 'fail', nightly: NIGHTLY }).verdict).toBe('red');
    expect(judgedKpi({}, kpi, { ...kpi, status: 'fail', stale: 'old' }).verdict).toBe('green');
  });

  it('of a live run counts only for scenarios that have no other', () => {
    expect(judgedKpi({}, { ...kpi, mode: 'live' }).verdict).toBe('partly');
    const soak = { ...kpi, mode: 'live', scenario: 'soak-live' };
    expect(judgedKpi({ kpi: 'soak-live > ping.rtt' }, soak).verdict).toBe('green');
  });

  it('names the nightly that it comes from, unless this run shows it as well', () => {
    const old = { ...kpi, nightly: NIGHTLY };
    expect(judgedKpi({}, old)).toMatchObject({ verdict: 'green', nightly: NIGHTLY });
    expect(judgedKpi({}, old, kpi).nightly).toBeUndefined();
    expect(judgedKpi({ seeds: 30 }, old, { ...kpi, seeds: 1 }).nightly).toEqual(NIGHTLY);
  });
});

const figure: FigureEvidence = {
  suite: 'replay',
  name: '  a check',
  unit: 'ns/check',
  value: 50,
  ratio: 6,
  stale: undefined,
};
const BENCH: RequirementCheck = { bench: 'replay > a check', limit: '<= 50', ratio: '<= 6' };

describe('a figure of a benchmark', () => {
  it.each<[string, Partial<FigureEvidence>, string]>([
    ['meets both limits', {}, 'green'],
    ['misses its limit', { value: 50.1 }, 'red'],
    ['misses its multiple of the loop, on a fast machine', { value: 10, ratio: 6.1 }, 'red'],
    ['has no multiple of the loop', { ratio: null }, 'red'],
    ['is of other files', { stale: 'of commit 1' }, 'stale'],
    ['is of another suite', { suite: 'frame' }, 'missing'],
  ])('that %s', (_what, change, verdict) => {
    const figures = [{ ...figure, ...change }];
    expect(only({ checks: [BENCH] }, ran([], { figures })).verdict).toBe(verdict);
  });
});

it('a figure that the nightly and a run here measured has the date of the nightly, and both count', () => {
  const old = { ...figure, nightly: NIGHTLY };
  const judged = (...figures: readonly FigureEvidence[]): JudgedRequirement =>
    only({ checks: [BENCH] }, ran([], { figures }));
  expect(judged(figure, old)).toMatchObject({ verdict: 'green', nightly: NIGHTLY });
  expect(judged({ ...figure, value: 51 }, old).verdict).toBe('red');
  expect(judged({ ...figure, stale: 'of commit 1' }, old).nightly).toEqual(NIGHTLY);
});

describe('a row of the nightly', () => {
  const row: RowEvidence = { name: 'soak', isPassed: true, stale: undefined, nightly: NIGHTLY };

  it.each<[string, readonly RowEvidence[], string]>([
    ['passed', [row], 'green'],
    ['failed', [{ ...row, isPassed: false }], 'red'],
    ['was not run by the last nightly', [{ ...row, stale: 'did not run it' }], 'stale'],
    ['never ran', [], 'missing'],
  ])('that %s', (_what, nightly, verdict) => {
    expect(only({ checks: [{ nightly: 'soak' }] }, ran([], { nightly })).verdict).toBe(verdict);
  });
});

it('the table for a terminal says what failed, what showed nothing, and the totals', () => {
  const table = requirementsTerminalTable(
    judgeRequirements(sections(), ran([good, bad, skipped])),
    ran([]),
  );
  expect(table).toContain('✗ R-001      1/3  Works.');
  expect(table).toContain('failed: test/a.test.ts: group R-001 fails');
  expect(table).toContain('not shown: test/a.test.ts: R-001: on IPv6');
  expect(table).toContain('0 of 1 owed now are green');
});
