/**
 * A federation of real processes: twenty clients of which two are killed with -9 every few seconds, and
 * an aggregator that is killed once. Rounds end or abort by name; no sum is ever wrong.
 *
 * @module
 */
import { afterAll, expect, it } from 'vitest';
import { blockOf, cleanUp, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

const CLIENTS = 20;
const NAMES = Array.from({ length: CLIENTS }, (_, at) => `client-${at + 2}`);
/** Two others each time. */
const KILLS = Array.from({ length: 9 }, (_, at) =>
  [2 * at, 2 * at + 1].map(
    (place) => `  - { at: ${4 + 4 * at}s, for: 200ms, crash: ${NAMES[place]} }`,
  ),
);

const SCENARIO = `
name: federated-kills
topology:
  name: federated-kills
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 5ms } }
  nodes:
${['client-1', ...NAMES].map((name, at) => `  - { name: ${name}, address: BLOCK.${at + 1} }`).join('\n')}
  links:
${NAMES.map((name) => `  - { ends: client-1 <-> ${name} }`).join('\n')}
stack:
  - { on: "*", run: fabric }
  - { on: "*", run: federated, options: { aggregator: client-1, rounds: 1000, pause: 500ms, phaseTimeout: 1500ms, minimum: 14 } }
duration: 44s
warmup: 0s
events:
${KILLS.flat().join('\n')}
  - { at: 22s, for: 200ms, crash: client-1 }
kpis:
  federated.exact: { value: "== 1" }
`;

it('rounds go on around the killed, and each sum is exact', async () => {
  const file = write('federated-kills.yaml', SCENARIO, blockOf(97));
  const report = reportOn(await (await spread(file)).end);
  const count = (name: string): number => report.metrics[name]?.count ?? 0;
  expect(report.faults.filter(({ text }) => text.includes('crashed'))).toHaveLength(19);
  expect(count('live.restart')).toBeGreaterThan(10);
  expect(warningsOf(report)).not.toContain('the process ended');
  expect(report.metrics['federated.exact']?.value, JSON.stringify(report.metrics)).toBe(1);
  // Before and after the aggregator was killed: it remembers the rounds of its disk.
  expect(count('federated.rounds')).toBeGreaterThan(8);
  expect(count('federated.lost') + count('federated.lossy')).toBeGreaterThan(0);
});
