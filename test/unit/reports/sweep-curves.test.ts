import { describe, expect, it } from 'vitest';
import { renderSweepHtml } from '../../../reports/html/sweep-html.ts';
import { brokenRow, type SweepResult, type SweepRow } from '../../../reports/sweep.ts';
import { sweepAxis } from '../../../reports/sweep-axis.ts';
import { sweepCurves } from '../../../reports/sweep-curves.ts';
import { readQuantity } from '../../../topologies/files/units.ts';
import { cellOf, sweepOf } from './sweep-fixture.ts';

const KPI = 'gateway.failover p95';

/** Every combination of these values, with the value that a function of them has, in ns. */
function gridOf(
  values: Readonly<Record<string, readonly string[]>>,
  measure: (at: readonly number[]) => number,
): readonly SweepRow[] {
  let cells: { readonly parameters: SweepRow['parameters']; readonly at: readonly number[] }[] = [
    { parameters: {}, at: [] },
  ];
  for (const [name, all] of Object.entries(values)) {
    cells = cells.flatMap(({ parameters, at }) =>
      all.map((value, i) => ({ parameters: { ...parameters, [name]: value }, at: [...at, i] })),
    );
  }
  return cells.map(({ parameters, at }) => cellOf(parameters, measure(at)));
}

function pageOf(rows: readonly SweepRow[]): string {
  return renderSweepHtml(sweepOf(rows), readQuantity);
}

function count(page: string, part: RegExp): number {
  // Each chart is drawn twice, for wide and for narrow pages.
  return (page.match(part) ?? []).length / 2;
}

describe('the axis of a parameter', () => {
  it.each([
    [['1', '2', '4', '8'], true],
    [['10ms', '100ms', '1s'], true],
    [['1kB', '2kB', '5kB', '10kB', '20kB'], true],
    [['50ms', '100ms', '150ms', '200ms', '250ms'], false],
    [['1', '2', '3', '4'], false],
    [['0', '1ms', '10ms', '100ms'], false],
    [['100', '110', '121'], false],
    [['1', '100'], false],
    [['-1', '1', '10', '100'], false],
  ])('of %j is logarithmic: %s', (values, isLog) => {
    expect(sweepAxis(values, readQuantity)?.isLog).toBe(isLog);
  });

  it('has values in base units, and needs a number for each, of one kind', () => {
    const axis = sweepAxis(['250us', '1ms', '0'], readQuantity);
    expect([axis?.of('250us'), axis?.of('1ms'), axis?.of('0'), axis?.max]).toEqual([
      ...[250_000, 1e6, 0, 1e6],
    ]);
    expect(axis?.of('2ms')).toBeUndefined();
    for (const words of [['near', 'far'], ['1ms', 'never'], ['1ms', '1kB'], ['1ms', '5'], ['7']]) {
      expect(sweepAxis(words, readQuantity), words.join()).toBeUndefined();
    }
  });

  it('says values as files do', () => {
    const say = (values: readonly string[], value: number): string | undefined =>
      sweepAxis(values, readQuantity)?.textOf(value);
    expect(say(['1ms', '2ms'], 1.5e6)).toBe('1.50 ms');
    expect(say(['1Mbit/s', '2Gbit/s'], 2e9)).toBe('2 Gbit/s');
    expect(say(['1%', '2%'], 0.015)).toBe('1.50 %');
    expect(say(['100', '20000'], 20_000)).toBe('20 000');
  });
});

describe('the curves of a KPI', () => {
  const found = (sweep: SweepResult): ReturnType<typeof sweepCurves> =>
    sweepCurves(sweep, KPI, readQuantity);

  it('run over the first parameter that is a number, one for each value of the next', () => {
    const rows = gridOf(
      { mode: ['udp', 'tcp'], probe: ['200ms', '50ms', '1s'], shape: ['on', 'off'] },
      ([mode = 0, probe = 0]) => 1e6 * (10 * mode + probe),
    );
    const [curves, ...more] = found(sweepOf(rows));
    expect(more).toEqual([]);
    expect([curves?.x.name, curves?.by, curves?.fixed]).toEqual(['probe', 'mode', { shape: 'on' }]);
    expect(curves?.curves.map(({ name }) => name)).toEqual(['udp', 'tcp']);
    const [, tcp] = curves?.curves ?? [];
    expect(tcp?.points.map(({ x, kpi }) => [x, kpi?.value])).toEqual([
      ...[
        [50e6, 11e6],
        [200e6, 10e6],
        [1e9, 12e6],
      ],
    ]);
  });

  it('are at most eight, the first and the last among them, and name the others', () => {
    const misses = Array.from({ length: 12 }, (_, i) => `${i + 1}`);
    const [curves] = found(sweepOf(gridOf({ probe: ['1', '2'], misses }, () => 1)));
    const drawn = curves?.curves.map(({ name }) => name) ?? [];
    expect(drawn).toHaveLength(8);
    expect([drawn[0], drawn.at(-1)]).toEqual(['1', '12']);
    expect([...drawn, ...(curves?.left ?? [])].sort()).toEqual([...misses].sort());
    const page = pageOf(gridOf({ probe: ['1', '2'], misses }, () => 1));
    expect(page).toContain(`Not drawn: ${curves?.left.join(', ')}.`);
  });

  it('covered each other where they are equal: such lines alternate in their colours', () => {
    const rows = gridOf(
      { probe: ['1', '2', '3'], mode: ['udp', 'tcp', 'quic'] },
      ([probe = 0, mode = 0]) => (mode === 1 ? 5e6 : 1e6 * (probe + 1)),
    );
    const page = pageOf(rows);
    const dashes = [...page.matchAll(/stroke-dasharray="(\S+) (\S+)" stroke-dashoffset="(\S+)"/g)];
    // Two of three, each drawn wide and narrow.
    expect(dashes.map(([, on, off, from]) => [on, off, from])).toEqual([
      ['9', '9', '0'],
      ['9', '9', '-9'],
      ['9', '9', '0'],
      ['9', '9', '-9'],
    ]);
    expect(page).toContain('Lines that are equal alternate in their colours');
    expect(pageOf(gridOf({ probe: ['1', '2'], mode: ['a', 'b'] }, ([, b = 0]) => b))).not.toContain(
      'alternate in their colours',
    );
  });

  it('had their names cut after 18 letters', () => {
    const mode = ['a-router-with-quite-a-long-name', 'b'];
    const page = pageOf(
      gridOf({ probe: ['1', '2'], mode }, ([probe = 0, at = 0]) => 1e6 * (probe + at)),
    );
    expect(page).toContain(`>${mode[0]}</text>`);
    const [, right = ''] = /class="grid" x1="\S+" x2="([\d.]+)"/.exec(page) ?? [];
    expect(Number(right)).toBeLessThan(960 - 7.5 * (mode[0]?.length ?? 0));
  });

  it('are points over each number where combinations form no grid', () => {
    const rows = Array.from({ length: 30 }, (_, i) =>
      cellOf({ a: `${i + 0.5}`, mode: i % 2 ? 'x' : 'y', b: `${(i * 7) % 30}ms` }, 1e6 * i),
    );
    const all = found(
      sweepOf(
        rows.map(({ parameters: { mode: _, ...rest }, ...row }) => ({
          ...row,
          parameters: rest,
        })),
      ),
    );
    expect(all.map(({ x, isScattered }) => [x.name, isScattered])).toEqual([
      ['a', true],
      ['b', true],
    ]);
    expect(all.map(({ curves }) => curves[0]?.points.length)).toEqual([30, 30]);
    const page = pageOf(all[0]?.curves[0]?.points.map(({ row }) => row) ?? []);
    expect(page).not.toContain('Darker');
    expect(page.match(/Each point is a combination/g)).toHaveLength(2);
  });

  it('are none for words, nor for a parameter that does not vary', () => {
    expect(found(sweepOf(gridOf({ mode: ['udp', 'tcp'] }, () => 1)))).toEqual([]);
    expect(found(sweepOf(gridOf({ probe: ['5ms'] }, () => 1)))).toEqual([]);
    expect(pageOf(gridOf({ mode: ['udp', 'tcp'] }, () => 1))).not.toContain('95 % interval');
  });
});

describe('the lines of the page', () => {
  const probe = ['50ms', '100ms', '150ms'];

  it('show the interval as a band, the limit, and a ring around each combination that missed', () => {
    const rows = gridOf({ probe }, ([i = 0]) => 100e6 * (i + 1));
    const page = pageOf(rows);
    expect(count(page, /class="band /g)).toBe(1);
    expect(count(page, /class="limit"/g)).toBe(1);
    expect(count(page, /class="miss-ring"/g)).toBe(1);
    expect(page).toMatch(/from 100.ms at probe 50ms to 300.ms at probe 150ms/);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('break where a combination broke, and say so at the foot', () => {
    const rows = [...gridOf({ probe: [...probe, '200ms'] }, () => 100e6)];
    rows[1] = brokenRow({ probe: '100ms' }, { broke: 'x', reproduce: 'y' });
    const page = pageOf(rows);
    expect(count(page, /<title>probe=100ms: broke<\/title>✗/g)).toBe(1);
    const [, line = ''] = /class="line s1" d="([^"]*)"/.exec(page) ?? [];
    // A point on its own, and a piece of two.
    expect(line.match(/M/g)).toHaveLength(2);
  });

  it('draw no band for an interval without bound, which covered the whole chart, but an arrow', () => {
    const rows = gridOf({ probe }, () => 100e6).map((row) => ({
      ...row,
      kpis: row.kpis.map((kpi) => ({ ...kpi, ci95: { ...kpi.ci95, high: null } })),
    }));
    const page = pageOf(rows);
    expect(count(page, /class="band /g)).toBe(0);
    expect(count(page, /class="line thin s1"/g)).toBe(3);
    expect(page).toContain('arrows where it has no bound');
  });

  it('name a limit that is far off in place of flattening the curves', () => {
    const rows = gridOf({ probe }, ([i = 0]) => 1e6 * (100 + i)).map((row) => ({
      ...row,
      kpis: row.kpis.map((kpi) => ({ ...kpi, limit: 60e9 })),
    }));
    const page = pageOf(rows);
    expect(count(page, /class="limit"/g)).toBe(0);
    expect(count(page, /limit &lt;= 60.s, above/g)).toBe(1);
  });

  it('use bars from four lines on, and a chart of nothing has no lines', () => {
    const page = pageOf(
      gridOf({ probe, misses: ['1', '2', '3', '4'] }, ([i = 0]) => 1e6 * (i + 1)),
    );
    expect(count(page, /class="band /g)).toBe(0);
    expect(count(page, /class="line thin /g)).toBe(12);
    const broke = probe.map((value) => brokenRow({ probe: value }, { broke: 'x', reproduce: 'y' }));
    expect(pageOf(broke)).not.toContain('class="line');
  });

  it('escape what a file says', () => {
    const page = pageOf(gridOf({ '<b>': ['1', '2'], by: ['<img src=x>', '&'] }, () => 1));
    expect(page).not.toMatch(/<img|<b>1|<title>[^<]*<(?!\/title)/);
  });
});
