import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import { readReport, renderJson } from '../../../reports/json.ts';
import { chooseExitCode, judgeRun, PACKET_CONSERVATION_INVARIANT } from '../../../reports/judge.ts';
import type { JudgeInput, SeedResult } from '../../../reports/model.ts';
import { reportJsonSchema } from '../../../reports/report-schema.ts';
import { kpi, runInput } from './fixture.ts';

const input = runInput({ seeds: 30, slowdown: 1 });
const report = judgeRun(input);

function withSeed(change: (seed: SeedResult) => SeedResult): JudgeInput {
  return { ...input, seeds: input.seeds.map((seed, i) => (i === 3 ? change(seed) : seed)) };
}

describe('a report', () => {
  it('has every part of report.json', () => {
    expect(report).toMatchObject({
      schemaVersion: 1,
      pass: true,
      scenario: { name: 'failover', file: 'scenarios/failover.yaml' },
      mode: 'sim',
      virtualSeconds: 1800,
      wallSeconds: 171,
      environment: { commit: '4c1e9ab07f2e' },
      reproduce: 'npm run scenario failover.yaml -- --seeds 30',
    });
    expect(report.seeds).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(report.eventsPerWallSecond).toBeCloseTo(report.events / 171, 6);
    expect(report.kpis.map((kpi) => kpi.n)).toContain(120);
    expect(report.faults).toHaveLength(120);
    expect(report.metrics['gateway.latency']?.count).toBe(600_000);
  });

  it('fits its JSON Schema, and the schema refuses what is not a report', () => {
    const validate = new Ajv2020({ strict: true }).compile(reportJsonSchema());
    const document: unknown = JSON.parse(renderJson(report));
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...report, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...report, extra: 1 })).toBe(false);
    const { pass, ...rest } = report;
    expect(pass).toBe(true);
    expect(validate(rest)).toBe(false);
  });

  it('has its schema in schemas/, up to date', () => {
    const file = new URL('../../../schemas/report.schema.json', import.meta.url);
    const message = 'run: npx tsx tools/report-schema.ts';
    expect(JSON.parse(readFileSync(file, 'utf8')), message).toEqual(reportJsonSchema());
  });

  it('survives writing and reading, also with nothing measured', () => {
    expect(readReport(renderJson(report))).toEqual({ kind: 'report', report });
    const empty = judgeRun({ ...input, seeds: [] });
    expect(readReport(renderJson(empty))).toEqual({ kind: 'report', report: empty });
    expect(empty.pass).toBe(false);
  });

  it('lays the faults of all seeds over each other, as many of each as its size allows', () => {
    expect(report.faultWindows?.windows).toHaveLength(120);
    expect(report.faultWindows?.leftOut).toBe(0);
    const storm = input.seeds.map((seed) => {
      const windows = Array.from({ length: 5 }, () => seed.faultWindows?.windows ?? []).flat();
      return { ...seed, faultWindows: { windows, leftOut: 1 } };
    });
    const bounded = judgeRun({ ...input, seeds: storm }).faultWindows;
    const ofSeed = (wanted: number): number =>
      bounded?.windows.filter(({ seed }) => seed === wanted).length ?? 0;
    expect([ofSeed(1), ofSeed(30), bounded?.leftOut]).toEqual([16, 16, 30 * 5]);
  });

  it('is written with a list of numbers on one line, and any text as it is', () => {
    const odd = '[\n 1,\n 2\n ]';
    const written = renderJson({ ...report, reproduce: odd });
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ ...report, reproduce: odd })));
    expect(written.split('\n').length).toBeLessThan(20_000);
  });

  it('says what is wrong with a file that is none', () => {
    const message = (json: string): string => {
      const read = readReport(json);
      return read.kind === 'unreadable' ? read.message : '';
    };
    expect(message('{')).toContain('not a JSON document');
    expect(message('{"schemaVersion": 9}')).toBe('schemaVersion 9, this program reads 1');
    expect(message('[]')).toBe('no schemaVersion, this program reads 1');
    expect(message('{"schemaVersion": 1}')).not.toBe('');
  });

  it('is the same for the same input, and its fingerprint follows every seed', () => {
    expect(renderJson(judgeRun(input))).toBe(renderJson(report));
    const other = judgeRun(withSeed((seed) => ({ ...seed, fingerprint: 'ffffffffffffffff' })));
    expect(other.fingerprint).not.toBe(report.fingerprint);
    const one = { ...input, seeds: input.seeds.slice(0, 1) };
    expect(judgeRun(one).fingerprint).toBe(input.seeds[0]?.fingerprint);
  });

  it.each([
    [
      'no application received a packet',
      {
        'gateway.throughput': { kind: 'counter', value: 0 },
        'gateway.delivery': { kind: 'ratio', numerator: 0, denominator: 7 },
      },
      'packets were sent, none was received: seed 4 (arrives: nothing, if none shall)',
    ],
    [
      'there is no flow and the links delivered nothing',
      {},
      'packets were sent, none was received: seed 4 (arrives: nothing, if none shall)',
    ],
    [
      'nothing was sent that could have been received',
      {
        'gateway.throughput': { kind: 'counter', value: 0 },
        'gateway.delivery': { kind: 'ratio', numerator: 0, denominator: 0 },
      },
      'nothing was sent after the warm-up, so the limits prove nothing: seed 4',
    ],
  ] as const)(
    'R-238: fails when %s in a seed, and says which of both',
    (_name, metrics, detail) => {
      const packets = { sent: 7, delivered: 0, inFlight: 0, drops: { 'queue-full': 7 } };
      const idle = judgeRun(
        withSeed((seed) => ({ ...seed, metrics, packets: { ...seed.packets, ...packets } })),
      );
      expect(idle.pass).toBe(false);
      expect(chooseExitCode(idle)).toBe(1);
      expect(idle.invariants.find((one) => !one.pass)?.detail).toBe(detail);
    },
  );

  it('a run in which nothing shall arrive could not pass', () => {
    const metrics = (throughput: number, sent: number): SeedResult['metrics'] => ({
      'gateway.throughput': { kind: 'counter', value: throughput },
      'gateway.delivery': { kind: 'ratio', numerator: throughput, denominator: sent },
    });
    const verdict = (throughput: number, sent: number): unknown => {
      const seeds = input.seeds.map((seed) => ({ ...seed, metrics: metrics(throughput, sent) }));
      const report = judgeRun({ ...input, seeds, kpis: [], arrives: 'nothing' });
      const rule = report.invariants.find(({ name }) => name === 'nothing arrives');
      return [report.pass, rule?.detail.replace(/:.*/, '')];
    };
    expect(verdict(0, 7)).toEqual([true, 'packets were sent, and none was received']);
    expect(verdict(1, 7)).toEqual([false, 'something arrived']);
    expect(verdict(0, 0)).toEqual([false, 'nothing was sent after the warm-up']);
  });

  it('an interrupted run was told that nothing was sent after the warm-up', () => {
    const metrics = { 'gateway.throughput': { kind: 'counter', value: 0 } } as const;
    const packets = { sent: 7, delivered: 0, inFlight: 0, drops: { 'queue-full': 7 } };
    const seed = (ending: 'complete' | 'interrupted'): unknown =>
      judgeRun(
        withSeed((one) => ({ ...one, metrics, ending, packets: { ...one.packets, ...packets } })),
      ).invariants.find(({ name }) => name === 'packets received');
    expect(seed('interrupted')).toMatchObject({ pass: true });
    expect(seed('complete')).toMatchObject({ pass: false });
  });

  it('does not say that packets are missing where a network without flows sent none', () => {
    const none = { sent: 0, duplicated: 0, injected: 0, delivered: 0, inFlight: 0, drops: {} };
    const silent = judgeRun(withSeed((seed) => ({ ...seed, metrics: {}, packets: none })));
    expect(silent.invariants.find((one) => !one.pass)?.detail).toBe(
      'nothing was sent after the warm-up, so the limits prove nothing: seed 4',
    );
  });

  it('has no times of work where the processor was not modelled: zeros would meet any limit', () => {
    const name = 'mix.processing';
    const work = new LogHistogram();
    work.record(0);
    const run: JudgeInput = {
      ...input,
      definitions: [
        ...input.definitions,
        { name, kind: 'histogram', unit: 'ns', help: 'work', needs: 'processor' },
      ],
      kpis: [kpi(name, 'p95', ['<=', 1e6, '<= 1ms'])],
      seeds: input.seeds.map((seed) => ({
        ...seed,
        metrics: { ...seed.metrics, [name]: { kind: 'histogram', data: work.data() } },
      })),
    };
    const blind = judgeRun({ ...run, cpu: 'not modelled' });
    expect(blind.metrics[name]).toBeUndefined();
    expect(blind.kpis.map(({ pass, n }) => ({ pass, n }))).toEqual([{ pass: false, n: 0 }]);
    for (const cpu of ['real', 'calibrated (lab)']) {
      expect(judgeRun({ ...run, cpu }).metrics[name]?.count).toBe(30);
      expect(judgeRun({ ...run, cpu }).kpis[0]?.pass).toBe(true);
    }
  });

  it('ends with code 3 when a packet is unaccounted for', () => {
    const leak = judgeRun(
      withSeed((seed) => ({
        ...seed,
        packets: { ...seed.packets, delivered: seed.packets.delivered - 1 },
      })),
    );
    expect(leak.invariants.find((one) => one.name === PACKET_CONSERVATION_INVARIANT)?.pass).toBe(
      false,
    );
    expect(chooseExitCode(leak)).toBe(3);
  });

  it('fails when a fault hit nothing', () => {
    const missed = judgeRun(
      withSeed((seed) => ({
        ...seed,
        faults: seed.faults.map((fault) => ({ ...fault, targets: [] })),
      })),
    );
    expect(missed.pass).toBe(false);
  });

  it('does not pass a run that did not reach its end', () => {
    const stopped = judgeRun(withSeed((seed) => ({ ...seed, ending: 'interrupted' })));
    expect([stopped.pass, chooseExitCode(stopped)]).toEqual([false, 130]);
    const late = judgeRun(withSeed((seed) => ({ ...seed, ending: 'time-limit' })));
    expect([late.pass, chooseExitCode(late)]).toEqual([false, 5]);
    expect(chooseExitCode(report)).toBe(0);
  });

  it('keeps gaps visible when it thins a series', () => {
    const delivered = report.series.find((one) => one.name === 'delivered');
    expect(delivered?.mean.length).toBeLessThanOrEqual(600);
    expect(Math.min(...(delivered?.low ?? []).map((v) => v ?? 0))).toBeLessThan(50);
    expect(delivered?.shownSeed).toHaveLength(delivered?.mean.length ?? 0);
  });

  it('names the seeds of a warning once', () => {
    expect(report.warnings).toEqual([
      { text: 'replay window is used to 84 % by path spread', seeds: [4] },
    ]);
  });

  it('stays below half a megabyte for 30 seeds', () => {
    expect(renderJson(report).length).toBeLessThan(500_000);
  });
});
