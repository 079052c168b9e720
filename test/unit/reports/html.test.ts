import { createHash } from 'node:crypto';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { compareReports } from '../../../reports/compare.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { REPORT_STYLE } from '../../../reports/html/style.ts';
import { renderSweepHtml } from '../../../reports/html/sweep-html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { KpiResult } from '../../../reports/report-schema.ts';
import { renderSweepTable, type SweepRow, sweepRow } from '../../../reports/sweep.ts';
import { readQuantity } from '../../../topologies/files/units.ts';
import { runInput } from './fixture.ts';

const met = judgeRun(runInput({ seeds: 30, slowdown: 1 }));
const missed = judgeRun(runInput({ seeds: 30, slowdown: 2.4 }));
const page = renderHtml(met);
const HOSTILE = `</script><img src=x onerror="alert(1)"><b>&'\``;

function inside(text: string, tag: string): string {
  return new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1] ?? '';
}

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const TEXTS = ['text', 'muted', 'pass', 'fail', 'link'];
const MARKS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
/** Pairs of foreground and background with the smallest allowed contrast. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...['page', 'panel'].flatMap((back) => [
    ...TEXTS.map((front) => [front, back, 4.5] as const),
    ...MARKS.map((front) => [front, back, 3] as const),
  ]),
  ...['text', 'muted', 'pass'].map((front) => [front, 'pass-tint', 4.5] as const),
  ...['text', 'muted', 'fail'].map((front) => [front, 'fail-tint', 4.5] as const),
  ...['heat1', 'heat2', 'heat3', 'heat4'].map((back) => ['heat-text', back, 4.5] as const),
  ['heat-text-strong', 'heat5', 4.5],
];

describe('the HTML report', () => {
  it('is one file: no address, no request, no handler attribute', () => {
    expect(/(src|href|action|xlink:href)\s*=/.exec(page)?.[0]).toBeUndefined();
    expect(/https?:|url\(|@import|\sstyle="|\son\w+="/.exec(page)?.[0]).toBeUndefined();
    expect(page.length).toBeLessThan(2_000_000);
  });

  it('allows its own style and script by hash and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const rules = policy.replaceAll('&#39;', "'");
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
    expect(rules).toContain("default-src 'none'");
    expect(rules).toContain(`script-src 'sha256-${hash(inside(page, 'script'))}'`);
    expect(rules).toContain(`style-src 'sha256-${hash(inside(page, 'style'))}'`);
    expect(rules).not.toContain('unsafe');
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('shows the sections in their fixed order', () => {
    const headings = [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);
    expect(headings).toEqual([
      'Limits',
      'What the faults cost',
      'How slow, how often',
      'Over time',
      'Where the packets went',
      'Do it again',
      'How this was measured',
    ]);
    expect(page.indexOf('<b>PASS</b>')).toBeLessThan(page.indexOf('<h2>'));
  });

  it('drew names of paths over its right edge: all charts over time leave room for the longest', () => {
    const name = 'via-1110-3310-3320-2210';
    const series = met.series.map((one) =>
      one.name === 'path:path 1' ? { ...one, name: `path:${name}` } : one,
    );
    const text = renderHtml({ ...met, series });
    const own = new RegExp(`x="([\\d.]+)" y="[\\d.]+">${name}</text>`).exec(text);
    // A strong letter takes 7.35 px.
    expect(Number(own?.[1]) + 7.35 * name.length).toBeLessThan(960);
  });

  it('is well-formed, every drawing included', () => {
    for (const text of [page, renderHtml(missed, { comparison: compareReports(met, missed) })]) {
      const body = /<body>([\s\S]*)<script>/.exec(text)?.[1] ?? '';
      const xml = `<body>${body.replaceAll(' hidden>', ' hidden="">').replaceAll(' open>', ' open="">')}</body>`;
      expect(XMLValidator.validate(xml)).toBe(true);
      expect(/NaN|undefined|Infinity|\[object/.exec(text)?.[0]).toBeUndefined();
    }
  });

  it('draws every fault, coloured against the limit, and says so in words', () => {
    const strips = (text: string): string => {
      const story = text.slice(text.indexOf('What the faults cost'), text.indexOf('How slow'));
      return story.slice(story.indexOf('class="wide"'), story.indexOf('class="narrow"'));
    };
    const count = (text: string, tone: string): number =>
      text.split(`<circle class="${tone}"`).length - 1;
    expect([count(strips(page), 'good'), count(strips(page), 'bad')]).toEqual([120, 0]);
    expect(page.includes('All 120\u00a0faults healed within 250')).toBe(true);
    const over = missed.faults.filter(
      (fault) => (fault.effects['first packet'] ?? 0) - fault.beginNs > 250e6,
    ).length;
    expect(over).toBeGreaterThan(0);
    const failed = renderHtml(missed);
    expect([count(strips(failed), 'good'), count(strips(failed), 'bad')]).toEqual([
      120 - over,
      over,
    ]);
    expect(failed.includes(`${over}\u00a0of 120\u00a0faults took longer than 250`)).toBe(true);
  });

  it('names faults that left no mark, such as floods that cost nothing', () => {
    const base = runInput({ seeds: 1, slowdown: 1 });
    const flood = { id: 'event-1#1', kind: 'flood', text: '500/s of opening to <b>', targets: [] };
    const seeds = base.seeds.map((seed) => ({
      ...seed,
      faults: [{ ...flood, beginNs: 5e9, effects: {} }],
    }));
    const text = renderHtml(judgeRun({ ...base, seeds }));
    expect(text.includes('no effect of the faults of this run was measured')).toBe(true);
    expect(text.includes('<td>500/s of opening to &lt;b&gt;</td>')).toBe(true);
    expect(text.includes('5.000 s')).toBe(true);
  });

  it('gives every drawing a summary with a name', () => {
    const drawings = page.match(/<svg [^>]*>/g) ?? [];
    const named = drawings.filter((one) => /aria-label="[^"]{8,}"|aria-hidden/.test(one));
    expect(named).toHaveLength(drawings.length);
  });

  it('draws what was not measured as a gap with its reason', () => {
    const base = runInput({ seeds: 2, slowdown: 1 });
    const seeds = base.seeds.map((seed) => ({
      ...seed,
      metrics: {},
      faults: [],
      series: seed.series.map((one) => ({ ...one, values: one.values.map(() => null) })),
    }));
    const text = renderHtml(judgeRun({ ...base, seeds }));
    expect(text.includes('no fault happened in this run'), 'no fault happened in this run').toBe(
      true,
    );
    expect(
      text.includes('no latency was measured in this run'),
      'no latency was measured in this run',
    ).toBe(true);
    expect(text.includes('>nothing measured in any bin<'), 'nothing measured in any bin').toBe(
      true,
    );
    expect(
      text.includes('gateway.failover has 0 samples, so p95 cannot be judged'),
      'gateway.failover has 0 samples, so p95 cannot be judged',
    ).toBe(true);
    const none = renderHtml(judgeRun({ ...base, seeds: [] }));
    expect(none.includes('this run recorded no series'), 'this run recorded no series').toBe(true);
    expect(/NaN|undefined|Infinity/.exec(none)?.[0]).toBeUndefined();
  });

  it('lets no string of a file or packet become markup', () => {
    const base = runInput({ seeds: 2, slowdown: 1 });
    const report = judgeRun({
      ...base,
      scenario: { ...base.scenario, name: HOSTILE, question: HOSTILE, file: HOSTILE },
      definitions: base.definitions.map((one) => ({ ...one, help: HOSTILE })),
      seeds: base.seeds.map((seed) => ({
        ...seed,
        nodeDrops: { [HOSTILE]: 3 },
        warnings: [HOSTILE],
        faults: seed.faults.map((one) => ({
          ...one,
          text: HOSTILE,
          effects: { [HOSTILE]: one.beginNs + 5 },
        })),
        series: seed.series.map((one) => ({ ...one, name: one.name + HOSTILE })),
      })),
      reproduce: HOSTILE,
      overrides: { [HOSTILE]: HOSTILE },
    });
    const text = renderHtml(report);
    expect(text.includes('<img'), '<img').toBe(false);
    expect(text.includes('onerror="'), 'onerror="').toBe(false);
    expect(text.match(/<\/script>/g)).toHaveLength(1);
  });

  it('has enough contrast in both themes: text 4.5, marks 3', () => {
    const themes = [...REPORT_STYLE.matchAll(/--page: [\s\S]*?color-scheme: (light|dark)/g)];
    expect(themes.length).toBeGreaterThanOrEqual(2);
    for (const [block] of themes) {
      const token = Object.fromEntries(
        [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
      );
      const low = PAIRS.filter(
        ([front, back, least]) => !(contrast(token[front] ?? '', token[back] ?? '') >= least),
      );
      expect(low).toEqual([]);
    }
  });
});

describe('the page of a sweep', () => {
  // Two limits on one figure moved every later column of the table, and only the first of them was judged.
  it('has one column for a figure with two limits, under its own name, and frames both misses', () => {
    const [first, second] = judgeRun(runInput({ seeds: 1, slowdown: 1 })).kpis as [
      KpiResult,
      KpiResult,
    ];
    const bound = (kpi: KpiResult, comparison: '>=' | '<=', limit: number): KpiResult => {
      const pass = comparison === '>=' ? kpi.value! >= limit : kpi.value! <= limit;
      return { ...kpi, comparison, limit, pass, status: pass ? 'pass' : 'fail' };
    };
    const row = (value: number): SweepRow => {
      const one = { ...first, value };
      const kpis = [bound(one, '>=', 10), bound(one, '<=', 20), { ...second, value: 0.125 }];
      return { parameters: { size: `${value}` }, kpis, pass: false, fingerprint: 'x' };
    };
    const rows = [row(5), row(15), row(25)];
    const base = { name: 'two', question: '?', seeds: [1], reproduce: 'npm run sweep' };
    const text = renderSweepHtml({ ...base, rows }, readQuantity);
    const cells = [...text.matchAll(/<td class="number ([^"]*)">([^<]*)</g)].map(
      ([, tone]) => tone,
    );
    // Three rows of two figures.
    expect(cells).toEqual(['fail-text', '', '', '', 'fail-text', '']);
    expect(/is missed in 2\sof\s3\scells/.test(text)).toBe(true);
    expect(text.match(/ and &lt;= | and <= /g)?.length).toBeGreaterThanOrEqual(1);
    expect(text.match(/class="miss-frame"/g)?.length).toBe(4);
    const table = renderSweepTable({ ...base, rows }, { width: 200, unicode: true });
    expect(table.split('\n').filter((line) => / ✗( |$)/.test(line.slice(4)))).toHaveLength(2);
  });

  it('has a heat map per KPI with the value in each cell and misses framed', () => {
    const rows = ['25ms', '100ms'].flatMap((probe) =>
      ['2', '4'].map((misses) => {
        const slowdown = (Number.parseInt(probe, 10) / 50) * (Number(misses) / 2);
        const report = judgeRun(runInput({ seeds: 2, slowdown }));
        return sweepRow({ 'gateway.probe': probe, misses }, report, undefined);
      }),
    );
    const sweep = {
      name: 'probe',
      question: 'Which?',
      seeds: [1, 2],
      rows,
      reproduce: 'npm run sweep',
    };
    const text = renderSweepHtml(sweep, readQuantity);
    expect(/is missed in 2\sof\s4\scells/.test(text), String(/is missed in 2\sof\s4\scells/)).toBe(
      true,
    );
    expect(text.match(/class="miss-frame"/g)?.length).toBeGreaterThanOrEqual(4);
    // Whole paths ran out of the chart on the left, and made the table wider than a page.
    expect(/<text[^>]*>[^<]*gateway\.probe/.exec(text)?.[0]).toBeUndefined();
    expect(/<th[^>]*>gateway\.probe/.exec(text)?.[0]).toBeUndefined();
    expect(/NaN|undefined|(src|href)\s*=/.exec(text)?.[0]).toBeUndefined();
  });
});
