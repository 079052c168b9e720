/**
 * A relay of bundles is a real process that is killed with -9 twenty times, while it is receiving one bundle
 * and sending another: the links are offered more than they carry, so that no instant is without a
 * transfer. Its store is on a real disk.
 *
 * @module
 */
import { afterAll, expect, it } from 'vitest';
import { blockOf, cleanUp, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

const KILLS = 20;
/** Kills that found a relay at work, at the least: a slow machine may not have restarted it yet. */
const RESTARTS_MIN = 10;
/** Bundles of a sender that spends much of its time waiting for the relay. */
const ACCEPTED_MIN = 30;

/**
 * The links carry 4 and 3 Mbit/s of the 4.8 that are offered, so the relay fills up. A bundle takes 0.12
 * and 0.16 s; both stores, of 1.2 MB, are emptied within 6.4 s.
 */
const SCENARIO = `
name: kills
topology:
  name: kills
  defaults: { node: { run: dtn }, link: { rate: 4Mbit/s, delay: 10ms, mtu: 1500B } }
  nodes:
    - { name: sender, address: BLOCK.1 }
    - { name: relay, address: BLOCK.2 }
    - { name: receiver, address: BLOCK.3 }
  links: [{ ends: sender <-> relay }, { ends: relay <-> receiver, rate: 3Mbit/s }]
options: { dtn: { layer: LAYER, store: { kind: durable, bytes: 1200KB, perSource: 100% } } }
duration: 52s
warmup: 0s
drain: 15s
traffic:
  - { from: sender, to: receiver, kind: constant, rate: 10/s, size: 60kB, start: 500ms, tolerant: true }
events:
  - { every: 2500ms, from: 1500ms, for: 100ms, crash: relay }
kpis:
  dtn.duplicates:   { count: "== 0" }
  dtn.custody.lost: { count: "== 0" }
`;

it.concurrent.each(['tcpcl', 'ltp'])('%s: what was accepted is delivered once', async (layer) => {
  const block = blockOf(81 + layer.length);
  const file = write(`kills-${layer}.yaml`, SCENARIO.replace('LAYER', layer), block);
  const report = reportOn(await (await spread(file)).end);
  const valueIn = (name: string): number => report.metrics[name]?.value ?? 0;
  expect(report.faults.filter(({ text }) => text.includes('relay crashed'))).toHaveLength(KILLS);
  expect(report.metrics['live.restart']?.count).toBeGreaterThan(RESTARTS_MIN);
  expect(warningsOf(report)).not.toContain('the process ended');
  // The relay had bundles when it was killed, and found them again.
  expect(valueIn('dtn.recovered')).toBeGreaterThan(RESTARTS_MIN);
  // Nobody kills the processes that count these.
  expect(valueIn('dtn.taken')).toBeGreaterThan(ACCEPTED_MIN);
  expect(valueIn('dtn.arrived')).toBe(valueIn('dtn.taken'));
  expect(report.kpis.map(({ metric, pass }) => [metric, pass])).toEqual([
    ['dtn.duplicates', true],
    ['dtn.custody.lost', true],
  ]);
});
