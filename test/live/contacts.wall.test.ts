/**
 * Contacts of a file begin with its time 0, in virtual time, live in one process, and in several.
 *
 * @module
 */
import { afterAll, expect, it } from 'vitest';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd, RunRequest } from '../../runner/run/run-order.ts';
import { runScenario } from '../../runner/threads/run-scenario.ts';
import { scenarioMetrics } from '../../scenarios/open/nodes.ts';
import { blockOf, cleanUp, orderOf, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

/** Open for 700 ms of 2.5 s: 0 to 400 ms, and 1,200 to 1,500 ms instead of from 1 s. */
const TOPOLOGY = `
name: contacts
defaults: { node: { run: ping }, link: { rate: 1Mbit/s, delay: 5ms } }
nodes: [{ name: a, address: BLOCK.1 }, { name: b, address: BLOCK.2 }]
links:
  - ends: a <-> b
    forward:
      contacts:
        windows: [{ start: 0s, end: 400ms }, { start: 1s, end: 1500ms }]
        outside: drop
        atEnd: drop
        actual: [{ contact: 1s, start: 1200ms }]
`;
const SCENARIO = `
name: contacts-pings
question: Does a contact begin with time 0 of the file?
topology: contacts.yaml
duration: 2500ms
warmup: 0s
traffic: [{ from: a, to: b, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 0%" } }
`;
write('contacts.yaml', TOPOLOGY, blockOf(9));
const FILE = write('contacts-pings.yaml', SCENARIO);
const RATE_PER_MS = 0.1;

async function order(): Promise<RunRequest> {
  const loaded = await orderOf(FILE);
  return { ...loaded, definitions: scenarioMetrics(loaded.scenario, loaded.registry) };
}

/** Packets that the link took, and those that came between contacts. */
function packetsOf(end: RunEnd): { readonly delivered: number; readonly dropped: number } {
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  expect(reportOn(end).invariants.filter(({ pass }) => !pass)).toEqual([]);
  const { delivered = 0, drops = {} } = end.input.seeds[0]?.packets ?? {};
  return { delivered, dropped: drops['no-contact'] ?? 0 };
}

it('contacts act at the same instants of the file in every way to run', async () => {
  const virtual = packetsOf(await runScenario(await order()));
  expect(virtual.dropped).toBe(1_800 * RATE_PER_MS);
  // Pings and answers of 700 ms; one may be on its way at the end.
  expect(virtual.delivered).toBeGreaterThanOrEqual(2 * (700 * RATE_PER_MS - 1));
  expect(virtual.delivered).toBeLessThanOrEqual(2 * 700 * RATE_PER_MS);
  const inOne = packetsOf(
    await runLive({ ...(await order()), registry: (await orderOf(FILE)).registry }),
  );
  const { end } = await spread(FILE, { processes: { loops: 2 } });
  for (const real of [inOne, packetsOf(await end)]) {
    // A sender that is late by 50 ms moves 5 packets over an edge, and there are three edges.
    expect(Math.abs(real.dropped - virtual.dropped)).toBeLessThanOrEqual(15);
    expect(Math.abs(real.delivered - virtual.delivered)).toBeLessThanOrEqual(30);
  }
});
