/**
 * Each convergence layer of delay-tolerant networking runs on real sockets, from files that run in
 * virtual time too: bundles wait for a contact and pass it, in every layout. The runs wait most of
 * the time, so they share the machine.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { runEmulated } from '../../runner/run/emulate-run.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { runScenario } from '../../runner/threads/run-scenario.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { blockOf, cleanUp, folder, orderOf, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

/** The second link is closed for 1.5 s. */
const GAP = 'contacts: { windows: [{ start: 0s, end: 1500ms }, { start: 3s, end: 60s }] }';

interface Case {
  readonly layer: string;
  readonly link?: string;
  readonly second?: string;
  readonly options?: string;
}

/** Bundles that are sent in 3 s, at the least: a source that is late skips some. */
const ACCEPTED_MIN = 20;

/** Sixty bundles in 3 s, over a relay. */
function fileOf(
  name: string,
  n: number,
  { layer, link = '', second = GAP, options = '' }: Case,
): string {
  const text = `
name: ${name}
topology:
  name: ${name}
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 20ms, mtu: 1500B${link} } }
  nodes:
    - { name: a, address: BLOCK.1 }
    - { name: b, address: BLOCK.2 }
    - { name: c, address: BLOCK.3 }
  links: [{ ends: a <-> b }, { ends: b <-> c, ${second} }]
options: { dtn: { layer: ${layer}${options} } }
duration: 4s
warmup: 0s
drain: 6s
traffic:
  - { from: a, to: c, kind: constant, rate: 20/s, size: 3kB, start: 500ms, stop: 3500ms, tolerant: true }
kpis: { dtn.delivery: { value: ">= 0%" } }
`;
  return write(`${name}.yaml`, text, blockOf(61 + n));
}

const emulated = { speed: 1, onLate: 'warn', lateLimitNs: 1e9, folder } as const;
type Run = (file: string) => Promise<RunEnd>;
type Layout = 'live' | 'loops' | 'processes' | 'emulate';
const LAYOUTS: Readonly<Record<Layout, Run>> = {
  live: async (file): Promise<RunEnd> => runLive({ ...(await orderOf(file)), precision: 'low' }),
  loops: async (file): Promise<RunEnd> => (await spread(file, { processes: { loops: 2 } })).end,
  processes: async (file): Promise<RunEnd> => (await spread(file)).end,
  emulate: async (file): Promise<RunEnd> => runEmulated({ ...(await orderOf(file)), ...emulated }),
};

async function virtually(file: string): Promise<Report> {
  const order = await orderOf(file);
  const definitions = scenarioMetrics(order.scenario, order.registry);
  return reportOn(await runScenario({ ...order, definitions }));
}

/** Every bundle that a node accepted has arrived, and none twice. */
function expectAll({ metrics, invariants }: Report): void {
  expect(invariants.filter(({ pass }) => !pass)).toEqual([]);
  const [accepted = 0, arrived] = ['dtn.taken', 'dtn.arrived'].map(
    (name) => metrics[name]?.value ?? 0,
  );
  expect(accepted).toBeGreaterThan(ACCEPTED_MIN);
  expect(arrived).toBe(accepted);
  expect(metrics['dtn.duplicates']?.value ?? 0).toBe(0);
}

describe.concurrent('a layer on real sockets', () => {
  it.each([
    ['udpcl', '', 'live'],
    ['tcpcl', ', loss: 2%', 'live'],
    ['ltp', ', loss: 2%', 'live'],
    ['tcpcl', ', loss: 2%', 'processes'],
    ['ltp', ', loss: 2%', 'loops'],
    ['ltp', ', loss: 2%', 'emulate'],
  ] as const)('%s%s: all bundles pass a contact that begins again (%s)', async (...each) => {
    const [layer, link, how] = each;
    const n = Object.keys(LAYOUTS).indexOf(how) + 4 * ['udpcl', 'tcpcl', 'ltp'].indexOf(layer);
    const file = fileOf(`${layer}-${how}`, n, { layer, link });
    const inVirtualTime = await virtually(file);
    expectAll(inVirtualTime);
    const report = reportOn(await LAYOUTS[how](file));
    expectAll(report);
    if (how === 'emulate') expect(report.fingerprint).toBe(inVirtualTime.fingerprint);
  });

  it('mesh: all bundles pass two hops of radio, each frame relayed', async () => {
    const options = ', router: direct, mesh: { relay: 100% }';
    const file = fileOf('mesh-live', 12, { layer: 'mesh', second: 'loss: 0%', options });
    expectAll(await virtually(file));
    expectAll(reportOn(await LAYOUTS.live(file)));
  });
});

/** After the others: more runs at once would make the sources late. */
describe('TCPCL with TLS on real sockets', () => {
  it.concurrent.each(['live', 'processes'] as const)('all bundles pass (%s)', async (how) => {
    const options = ', tcpcl: { tls: require }';
    const n = 13 + Object.keys(LAYOUTS).indexOf(how);
    const file = fileOf(`tls-${how}`, n, { layer: 'tcpcl', options });
    for (const report of [await virtually(file), reportOn(await LAYOUTS[how](file))]) {
      expectAll(report);
      // Both ends of both streams of the first link, and of those of the second in each contact.
      expect(report.metrics['dtn.tls']?.value).toBeGreaterThanOrEqual(12);
    }
  });
});
