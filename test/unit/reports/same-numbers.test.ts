/** Every form of a report says the same of a run that has each kind of row. */
import { expect, it } from 'vitest';
import { quantityText, wholeNumberText } from '../../../reports/format.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { renderJson } from '../../../reports/json.ts';
import { chooseExitCode, judgeRun } from '../../../reports/judge.ts';
import { renderJunit } from '../../../reports/junit.ts';
import { kpiName } from '../../../reports/kpi-text.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { SeedResult } from '../../../reports/model.ts';
import { renderPrometheus } from '../../../reports/prometheus.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { kpi as limit, runInput } from './fixture.ts';

const DROPS = { links: { 'queue-full': 101, shared: 1_103 }, nodes: { shared: 2_207, stale: 307 } };
const MESSAGES = {
  submitted: 9_001,
  delivered: 6_007,
  refused: { 'too-large': 1_009 },
  givenUp: 503,
  lost: { expired: 1_201 },
  open: 281,
};

function withEveryRow(seed: SeedResult, index: number): SeedResult {
  if (index > 0) return { ...seed, nodeDrops: {}, messages: { ...NOTHING } };
  const dropped = Object.values(seed.packets.drops).reduce((sum, count) => sum + count, 0);
  const added = 101 + 1_103;
  return {
    ...seed,
    packets: { ...seed.packets, sent: seed.packets.sent - dropped + added, drops: DROPS.links },
    nodeDrops: DROPS.nodes,
    messages: MESSAGES,
    warnings: ['a warning of one seed'],
  };
}
const NOTHING = { submitted: 0, delivered: 0, refused: {}, givenUp: 0, lost: {}, open: 0 };

const base = runInput({ seeds: 2, slowdown: 2.4 });
const report = judgeRun({
  ...base,
  kpis: [
    ...base.kpis,
    { ...limit('gateway.recovery', 'p95', ['<=', 1, '<= 1ns']), allowEmpty: true },
  ],
  definitions: [
    ...base.definitions,
    { name: 'gateway.recovery', kind: 'samples', unit: 'ns', help: 'Per crash.' },
  ],
  seeds: base.seeds.map((seed, index) =>
    withEveryRow({ ...seed, packets: { ...seed.packets, drops: {} } }, index),
  ),
});

const options = { width: 120, colour: false, unicode: true };
const readable = {
  terminal: renderTerminal(report, options),
  html: renderHtml(report),
  markdown: renderMarkdown(report).replaceAll('\\', ''),
};
/** With each kind of space as one. */
const plain = (text: string): string => text.replaceAll(/\s|&nbsp;/g, ' ');
const says = (text: string, part: string): boolean => plain(text).includes(plain(part));
const all = {
  ...readable,
  junit: renderJunit(report),
  json: renderJson(report),
  prometheus: await renderPrometheus(report),
};

it('has a KPI of each state, faults and warnings', () => {
  expect(new Set(report.kpis.map(({ status }) => status))).toEqual(
    new Set(['pass', 'fail', 'not-applicable']),
  );
  expect(report.faults.length).toBeGreaterThan(0);
});

it.each(Object.entries(readable))(
  '%s lost drops where links and nodes share a reason',
  (_, text) => {
    for (const count of [101, 1_103, 2_207, 307])
      expect(says(text, wholeNumberText(count)), wholeNumberText(count)).toBe(true);
  },
);

it('html and markdown had two rows of one label', () => {
  for (const text of [readable.html, readable.markdown]) {
    expect(text).toContain('shared (links)');
    expect(text).toContain('shared (nodes)');
  }
});

it('prometheus and json say who dropped them', () => {
  expect(all.prometheus).toMatch(/dropped_total\{[^}]*reason="shared",by="network"\} 1103/);
  expect(all.prometheus).toMatch(/dropped_total\{[^}]*reason="shared",by="node"\} 2207/);
  expect(JSON.parse(all.json)).toMatchObject({
    packets: { drops: { shared: 1_103 } },
    nodeDrops: { shared: 2_207 },
  });
});

it.each(Object.entries(readable))('%s has each number of the account of messages', (_, text) => {
  for (const count of [9_001, 6_007, 1_009, 503, 1_201, 281]) {
    expect(says(text, wholeNumberText(count)), wholeNumberText(count)).toBe(true);
  }
});

it.each(Object.entries(readable))('%s has the value of each KPI', (_, text) => {
  for (const { metric, value, unit } of report.kpis) {
    if (value !== null) expect(says(text, quantityText(value, unit)), metric).toBe(true);
  }
  expect(says(text, 'a warning of one seed')).toBe(true);
});

it('all agree on which limits are met', () => {
  const { junit, prometheus } = all;
  for (const kpi of report.kpis) {
    const name = kpiName(kpi);
    const [, own = ''] = junit.split(`: ${name} `);
    const [body = ''] = own.split('<testcase');
    expect(body.includes('<failure'), name).toBe(!kpi.pass);
    expect(body.includes('<skipped'), name).toBe(kpi.status === 'not-applicable');
    const line = prometheus
      .split('\n')
      .find((one) => one.startsWith('orrery_kpi_pass{') && one.includes(`kpi="${name}"`));
    expect(line, name).toMatch(kpi.pass ? / 1$/ : / 0$/);
  }
});

it('a run without limits passed, as if it had met some', () => {
  const open = judgeRun({ ...base, kpis: [] });
  expect(renderTerminal(open, options)).toMatch(/^NO VERDICT {2}failover {3}no KPIs/);
  expect(renderHtml(open)).toContain('<b>NO VERDICT</b>');
  expect(renderMarkdown(open)).toMatch(/^### ➖ failover: no KPIs/);
  expect(renderJunit(open)).toMatch(/name="failover: limits"[^>]*>\n<skipped message="no verdict/);
  expect(chooseExitCode(open)).toBe(0);
  const seeds = base.seeds.map((seed) => ({
    ...seed,
    metrics: { 'gateway.delivery': { kind: 'ratio', numerator: 0, denominator: 7 } as const },
    packets: { ...seed.packets, delivered: 0, drops: { loss: seed.packets.sent - 16 } },
  }));
  const silent = judgeRun({ ...base, seeds, kpis: [], arrives: 'nothing' });
  expect(renderTerminal(silent, options)).toMatch(/^PASS {2}failover/);
});
