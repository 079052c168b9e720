import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { brokenRow, type SweepResult } from '../../../reports/sweep.ts';
import { sweepCsv } from '../../../reports/sweep-csv.ts';
import { SWEEP_FILES } from '../../../reports/sweep-file-names.ts';
import { sweepFiles } from '../../../reports/sweep-files.ts';
import { renderSweepJunit } from '../../../reports/sweep-junit.ts';
import { readQuantity } from '../../../topologies/files/units.ts';
import { cell, cellOf, sweepOf } from './sweep-fixture.ts';

/** RFC 4180, read by a reader of our own: quotes, doubled quotes, line ends within quotes. */
function records(csv: string): readonly (readonly string[])[] {
  const all: string[][] = [];
  let record: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    all.push(record);
    record = [];
  }
  return all;
}

function csvOf(sweep: SweepResult): readonly (readonly string[])[] {
  return records([...sweepCsv(sweep)].join(''));
}

interface Case {
  readonly '@name': string;
  readonly failure?: { readonly '#text': string; readonly '@message': string; '@type': string };
  readonly error?: { readonly '#text': string; readonly '@message': string; '@type': string };
}

function suiteOf(sweep: SweepResult): Record<string, unknown> & { testcase: readonly Case[] } {
  const xml = renderSweepJunit(sweep);
  expect(XMLValidator.validate(xml)).toBe(true);
  const options = { ignoreAttributes: false, attributeNamePrefix: '@' };
  const parser = new XMLParser({ ...options, isArray: (name): boolean => name === 'testcase' });
  return parser.parse(xml).testsuites.testsuite;
}

const broken = brokenRow({ probe: '400ms' }, { broke: 'relay: out of room', reproduce: 'run it' });

describe('JUnit of a sweep', () => {
  it('has one case per combination: met, missed with figure, limit and command, or broken', () => {
    const rows = [cellOf({ probe: '50ms' }, 200e6), cellOf({ probe: '100ms' }, 900e6), broken];
    const suite = suiteOf(sweepOf(rows));
    expect(suite.testcase.map((one) => one['@name'])).toEqual([
      'probe: probe=50ms',
      'probe: probe=100ms',
      'probe: probe=400ms',
    ]);
    expect([suite['@tests'], suite['@failures'], suite['@errors']]).toEqual(['3', '1', '1']);
    const [met, missed, broke] = suite.testcase;
    expect(met?.failure ?? met?.error).toBeUndefined();
    expect(missed?.failure).toMatchObject({
      '@type': 'kpi',
      '@message': 'gateway.failover p95: 900 ms, limit <= 250 ms',
    });
    expect(missed?.failure?.['#text']).toContain('reproduce: npm run one');
    expect(broke?.error).toMatchObject({
      '@type': 'broke',
      '@message': 'broke: relay: out of room',
      '#text': 'broke: relay: out of room\nreproduce: run it',
    });
  });

  it('names every KPI that was missed, for readers show one failure a case', () => {
    const [first] = suiteOf(sweepOf([cell({ probe: '1s' }, false)])).testcase;
    expect(first?.failure?.['@message'].split('; ').length).toBeGreaterThan(1);
    expect(first?.failure?.['@message']).not.toContain('antireplay');
  });

  it('is no success when combinations are missing, or when only an invariant was broken', () => {
    const met = cellOf({ probe: '50ms' }, 200e6);
    const early = suiteOf(sweepOf([met], { interruptedOf: 4 }));
    expect(early['@errors']).toBe('1');
    expect(early.testcase[0]?.error?.['@message']).toBe(
      'interrupted, inconclusive: 1 of 4 combinations ran, 1 met',
    );
    const [invariant] = suiteOf(sweepOf([{ ...met, pass: false }])).testcase;
    expect(invariant?.failure?.['@type']).toBe('run');
  });
});

describe('the runs of a sweep as CSV', () => {
  it('has a line per run: parameters, seed, fingerprint, verdict, and its own value of each KPI', () => {
    const row = cell({ probe: '50ms', misses: '2' }, true);
    const [head = [], ...lines] = csvOf(sweepOf([row, cell({ probe: '1s', misses: '4' }, false)]));
    expect(head.slice(0, 7)).toEqual([
      ...['probe', 'misses', 'seed', 'fingerprint', 'pass', 'broke'],
      'gateway.failover p95 [ns]',
    ]);
    expect(lines).toHaveLength(6);
    expect(lines.map((line) => line[4])).toEqual([...'ttt', ...'fff'].map((t) => TRUTH[t]));
    const [kpi] = row.kpis;
    expect(lines.slice(0, 3).map((line) => [line[0], line[1], Number(line[2])])).toEqual(
      kpi?.perSeed.map(({ seed }) => ['50ms', '2', seed]),
    );
    expect(lines.slice(0, 3).map((line) => Number(line[6]))).toEqual(
      kpi?.perSeed.map(({ value }) => value),
    );
    // Three seeds have three fingerprints, none of which is that of the combination.
    const prints = lines.slice(0, 3).map((line) => line[3]);
    expect(prints).toEqual(row.runs?.map(({ fingerprint }) => fingerprint));
    expect(prints).not.toContain(row.fingerprint);
  });

  it('has a line for a combination without runs, and reads results that have no list of runs', () => {
    const { runs: _, ...older } = cell({ probe: '50ms' }, true);
    const [, ...lines] = csvOf(sweepOf([older, broken]));
    expect(lines.map((line) => line[1])).toEqual(['1', '2', '3', '']);
    expect(lines.map((line) => line[2])).toEqual(['', '', '', '']);
    expect(lines.at(-1)?.slice(3, 6)).toEqual(['false', 'relay: out of room', '']);
  });

  it('quotes what RFC 4180 asks for, and leaves no formula to a spreadsheet', () => {
    const odd = [
      'a;=b',
      'a\t=b',
      '＝1',
      'a,b',
      'say "x"',
      'two\nlines',
      '=1+2',
      '@SUM(A1)',
      '-5ms',
      '+x',
      '\t=1',
      '-5',
    ];
    const [, ...lines] = csvOf(sweepOf(odd.map((mode) => cellOf({ mode }, 1))));
    const read = lines.filter((_, i) => i % 3 === 0).map(([mode]) => mode);
    expect(read).toEqual([
      ...[
        'a;=b',
        'a\t=b',
        "'＝1",
        'a,b',
        'say "x"',
        'two\nlines',
        "'=1+2",
        "'@SUM(A1)",
        "'-5ms",
        "'+x",
        "'\t=1",
        '-5',
      ],
    ]);
    const text = [...sweepCsv(sweepOf([cellOf({ mode: 'a;=b' }, 1)]))].join('');
    expect(text).toContain('\r\n"a;=b",');
    const [head] = csvOf(sweepOf([cellOf({ '=evil()': '1' }, 1)]));
    expect(head?.[0]).toBe("'=evil()");
  });

  it('gives two columns of one name two names', () => {
    const [head] = csvOf(sweepOf([cellOf({ seed: '1', pass: '2' }, 1)]));
    expect(new Set(head).size).toBe(head?.length);
  });
});

const TRUTH: Readonly<Record<string, string>> = { t: 'true', f: 'false' };

it('a sweep leaves the files that a folder of runs knows by name', () => {
  const names = sweepFiles(sweepOf([broken]), readQuantity).map(([name]) => name);
  expect([...names].sort()).toEqual([...SWEEP_FILES].sort());
});
