import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { SeedResult } from '../../../reports/model.ts';
import { PRIVACY_METRICS } from '../../../reports/privacy/kpis.ts';
import type { PrivacySummary } from '../../../reports/privacy/summary.ts';
import { reportSchema } from '../../../reports/report-schema.ts';
import { runInput } from './fixture.ts';

const SUMMARY: PrivacySummary = {
  adversary: 'omniscient timing & no <content>',
  estimator: 'mass propagation',
  mixes: 9,
  corrupt: ['mix-2'],
  poolMean: 33.3,
  targets: Array.from({ length: 40 }, (_, i) => ({
    atNs: i * 1e9,
    entropy: 8 + i / 20,
    minEntropy: 6 + i / 20,
    hartley: 11,
  })),
  massLeft: 0,
  delays: {
    step: 1,
    measured: [0.62, 0.24, 0.1, 0.04],
    expected: [0.63, 0.23, 0.09, 0.05],
    delays: 1_000,
    meanNs: 1e8,
    worstP: 0.2,
    mixes: 9,
  },
  latencyMsP50: 812,
  latencyMsP95: 1_500,
  packetsPerPayload: 1_415,
};

function pageWith(change: Partial<PrivacySummary>): string {
  const input = runInput({ seeds: 2, slowdown: 1 });
  const seeds = input.seeds.map(
    (seed): SeedResult => ({
      ...seed,
      metrics: {
        ...seed.metrics,
        'privacy.compromised_paths': { kind: 'ratio', numerator: 1, denominator: 1_000 },
      },
      privacy: { ...SUMMARY, ...change },
    }),
  );
  const definitions = [...input.definitions, ...PRIVACY_METRICS];
  const report = judgeRun({ ...input, definitions, seeds });
  expect(reportSchema.safeParse(report).success).toBe(true);
  return renderHtml(report);
}

const plain = (markup: string): string => markup.replaceAll('\u00a0', ' ');

describe('the privacy section', () => {
  const page = plain(pageWith({}));
  const section = /<section><h2>How well messages hide<\/h2>[\s\S]*?<\/section>/.exec(page)?.[0];

  it('has adversary and estimator under every chart, escaped', () => {
    const figures = section?.split('<figure').slice(1) ?? [];
    expect(figures).toHaveLength(4);
    for (const one of figures) {
      expect(one).toContain('Adversary: ');
      expect(one).toContain('Estimator: ');
    }
    expect(section).toContain('omniscient timing &amp; no &lt;content&gt;');
    expect(XMLValidator.validate(section ?? '')).toBe(true);
  });

  it('prints the price beside the gain', () => {
    for (const text of ['8.00 bits', '6.00 bits', '812 ms', '1 500 ms', '1 415 packets on links']) {
      expect(section?.replaceAll(/[\u202f\u2009 ]/g, ' ')).toContain(text);
    }
  });

  it('says how soon half of all users have met corrupt mixes only', () => {
    expect(section).toContain('half of all users have taken one after');
    expect(section).toContain('693 packets');
    expect(pageWith({ corrupt: [] })).not.toContain('half of all users');
  });

  it('pools the targets of all seeds', () => {
    expect(section).toContain('Half of 80 targets hide in 9.00 bits or more; the worst in 8.00');
  });

  it('says when no target could be followed', () => {
    const empty = pageWith({ targets: [], latencyMsP50: null, packetsPerPayload: null });
    expect(empty).toContain('No target could be followed to its end');
    expect(empty).toContain('not measured');
  });

  it('is absent when no privacy was measured', () => {
    const without = renderHtml(judgeRun(runInput({ seeds: 1, slowdown: 1 })));
    expect(without).not.toContain('How well messages hide');
  });
});
