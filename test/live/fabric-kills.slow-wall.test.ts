/**
 * Nodes of fabric are real processes that are killed with -9 twenty times, over a link that loses and
 * is cut, with a bus that carries bundles meanwhile. Their stores are on a real disk.
 *
 * @module
 */
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { blockOf, cleanUp, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

const KILLS = 20;
/** Kills that found a process at work, at the least: a slow machine may not have restarted it yet. */
const RESTARTS_MIN = 10;
const CALLS_MIN = 200;

/** Alice calls bob, and gets messages from him. */
const SCENARIO = `
name: fabric-kills
topology:
  name: fabric-kills
  defaults:
    node: { run: datagram, options: { maxBytes: 8000 } }
    link: { rate: 10Mbit/s, delay: 5ms, mtu: 9000B }
  nodes:
    - { name: alice, address: BLOCK.1 }
    - { name: bob, address: BLOCK.2 }
    - { name: bus, address: BLOCK.3 }
  links:
    - { ends: alice <-> bob, loss: 10%, duplicate: 5% }
    - { ends: alice <-> bus }
    - { ends: bus <-> bob }
stack:
  - { on: "*", run: dtn, options: { retry: 500ms, router: static, store: { kind: durable, perSource: 100% } } }
  - { on: alice, run: fabric }
  - { on: bob, run: fabric }
options:
  alice/dtn: { routes: [{ to: "*", via: bus }] }
  bob/dtn: { routes: [{ to: "*", via: bus }] }
  bus/dtn: { routes: [{ to: alice, via: alice }, { to: bob, via: bob }] }
  alice/fabric: { ways: [datagram, dtn], load: { to: [bob], rate: 10/s, concurrent: 1000, sizes: [200B, 5000B], start: 500ms, stop: 52s } }
  bob/fabric: { ways: [datagram, dtn] }
duration: 53s
warmup: 0s
drain: 15s
traffic:
  - { from: bob, to: alice, kind: constant, rate: 5/s, size: 500B, start: 500ms, stop: 52s, tolerant: true }
events:
  - { every: 2500ms, from: 1500ms, for: 100ms, crash: KILLED }
  - { every: 15s, from: 10s, for: 4s, link: alice <-> bob, set: { up: false } }
kpis:
  fabric.handled_twice: { count: "== 0" }
  fabric.wrong_answers: { count: "== 0" }
`;

async function reportWith(killed: string, block: number): Promise<Report> {
  const file = write(
    `fabric-kills-${killed}.yaml`,
    SCENARIO.replace('KILLED', killed),
    blockOf(block),
  );
  const report = reportOn(await (await spread(file)).end);
  const kills = report.faults.filter(({ text }) => text.includes(`${killed} crashed`));
  expect(kills).toHaveLength(KILLS);
  expect(report.metrics['live.restart']?.count).toBeGreaterThan(RESTARTS_MIN);
  expect(warningsOf(report)).not.toContain('the process ended');
  expect(report.kpis.map(({ metric, pass }) => [metric, pass])).toEqual([
    ['fabric.handled_twice', true],
    ['fabric.wrong_answers', true],
  ]);
  return report;
}

const countIn = ({ metrics }: Report, name: string): number => metrics[name]?.count ?? Number.NaN;

it.concurrent('a node that is called and killed answers each call, once', async () => {
  const report = await reportWith('bob', 91);
  // Nobody kills the process that counts these.
  expect(countIn(report, 'fabric.calls')).toBeGreaterThan(CALLS_MIN);
  expect(countIn(report, 'fabric.answered_calls')).toBe(countIn(report, 'fabric.calls'));
  expect(countIn(report, 'fabric.restarts')).toBeGreaterThan(RESTARTS_MIN);
});

it.concurrent('a node that calls and is killed has each call handled once, and gets each message', async () => {
  const report = await reportWith('alice', 92);
  // Bob counts what he handled. What alice counted since her last report dies with her.
  expect(countIn(report, 'fabric.handled')).toBeGreaterThan(CALLS_MIN);
  expect(countIn(report, 'fabric.expired')).toBe(0);
  // What bob took over has arrived, and what came twice was said to come again.
  expect(countIn(report, 'fabric.accepted')).toBeGreaterThan(CALLS_MIN);
  expect(countIn(report, 'fabric.throughput')).toBe(countIn(report, 'fabric.accepted'));
  const again = countIn(report, 'fabric.again');
  expect(again).toBeGreaterThan(0);
  expect(countIn(report, 'fabric.duplicates')).toBeLessThanOrEqual(again);
});
