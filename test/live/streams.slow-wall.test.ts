/**
 * A file over a reliable stream takes as long on real sockets as in virtual time: streams of live
 * runs pass the links of the topology (ADR 0040). The double without a relay does not.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import { type LiveRunRequest, runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { runScenario } from '../../runner/threads/run-scenario.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { blockOf, cleanUp, orderOf, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

/** How much the duration of a transfer may differ between the worlds. */
const TOLERANCE = 0.15;
const NS_PER_S = 1e9;

/** 2 MB at 4 Mbit/s and 80 ms there and back: 4.1 s by the rate alone. */
function transfer(name: string, n: number, link: string, more = ''): string {
  const topology = `
name: ${name}
defaults: { node: { run: bulk } }
nodes: [{ name: a, address: BLOCK.1 }, { name: b, address: BLOCK.2 }]
links: [{ ends: a <-> b, rate: 4Mbit/s, delay: 40ms, mtu: 1500B, ${link} }]
`;
  write(`${name}.yaml`, topology, blockOf(n));
  const scenario = `
name: ${name}-transfer
question: Does a file take as long live as in virtual time?
topology: ${name}.yaml
duration: 12s
until: done
options: { b: { expects: 200 } }
traffic: [{ from: a, to: b, kind: file, bytes: 2MB, size: 10000B }]
${more}
kpis: { bulk.transfer: { max: "<= 12s" }, bulk.delivery: { value: "== 100%" } }
`;
  return write(`${name}-transfer.yaml`, scenario);
}

const LOSS = 'loss: { kind: trace, lost: [200, 500, 501], length: 100000, atEnd: end }';
const LOSSY = transfer('lossy', 1, LOSS);
const CUT = transfer(
  'cut',
  2,
  'loss: 0%',
  'events: [{ at: 2s, for: 1s, link: a--b, set: { up: false } }]',
);
const SLOWER = transfer(
  'slower',
  3,
  'loss: 0%',
  'events: [{ at: 1s, for: 3s, link: a--b, set: { rate: 1Mbit/s } }]',
);
const CONTACTS = transfer(
  'contacts',
  4,
  'contacts: { windows: [{ start: 0s, end: 2s }, { start: 4s, end: 12s }], actual: [{ contact: 4s, start: 5s }] }',
);

function secondsOf(end: RunEnd): number {
  const report = reportOn(end);
  expect(report.invariants.filter(({ pass }) => !pass)).toEqual([]);
  expect(report.kpis.find(({ metric }) => metric === 'bulk.delivery')?.pass).toBe(true);
  const value = report.kpis.find(({ metric }) => metric === 'bulk.transfer')?.value;
  return (value ?? Number.NaN) / NS_PER_S;
}

async function virtually(file: string): Promise<number> {
  const order = await orderOf(file);
  const definitions = scenarioMetrics(order.scenario, order.registry);
  return secondsOf(await runScenario({ ...order, definitions }));
}

async function live(file: string, more: Partial<LiveRunRequest> = {}): Promise<RunEnd> {
  const order = await orderOf(file);
  return runLive({
    ...order,
    definitions: scenarioMetrics(order.scenario, order.registry),
    ...more,
  });
}

function expectAlike(seconds: number, virtual: number): void {
  expect(seconds / virtual).toBeGreaterThan(1 - TOLERANCE);
  expect(seconds / virtual).toBeLessThan(1 + TOLERANCE);
}

describe('a transfer over a stream takes as long as in virtual time', () => {
  it.each([
    ['that loses segments', LOSSY],
    ['that is cut for a second', CUT],
    ['that is slower for a while', SLOWER],
    ['with a gap between contacts, the second of which begins late', CONTACTS],
  ])('over a link %s', async (_what, file) => {
    const end = await live(file);
    expectAlike(secondsOf(end), await virtually(file));
    expect(warningsOf(reportOn(end))).not.toContain('bypass');
  });

  it.each([
    ['on two event loops', { processes: { loops: 2 } }],
    ['as processes', {}],
  ] as const)('%s', async (_how, layout) => {
    const { end } = await spread(CUT, layout);
    expectAlike(secondsOf(await end), await virtually(CUT));
  });

  it('double: streams that bypass the links are far outside of the tolerance', async () => {
    const end = await live(LOSSY, { shape: 'off' });
    expect(warningsOf(reportOn(end))).toContain('bypass');
    expect(secondsOf(end) / (await virtually(LOSSY))).toBeLessThan(1 - 2 * TOLERANCE);
  });
});
