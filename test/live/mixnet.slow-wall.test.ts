/**
 * Three layers of mixes as processes: messages of clients arrive and replies over SURBs return, on
 * loopback.
 *
 * @module
 */
import { afterAll, expect, it } from 'vitest';
import type { ProcessEntry } from '../../runner/distributed/processes/layout.ts';
import { allGone, blockOf, cleanUp, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

/** A network with one entry and one exit mix, and a given number of middle mixes. */
function network(middle: number): string {
  const middles = Array.from({ length: middle }, (_, index) => `mix-2-${index + 1}`);
  const roles = [
    ['authority', 'authority'],
    ['provider-1', 'provider'],
    ...['mix-1-1', ...middles, 'mix-3-1'].map((name) => [name, 'mix']),
    ['client-1', 'client'],
    ['client-2', 'client'],
  ] as const;
  const nodes = roles.map(
    ([name, role], index) =>
      `  - { name: ${name}, address: BLOCK.${index + 1}, options: { role: ${role} } }`,
  );
  const pairs = [
    ...['client-1', 'client-2', 'mix-1-1', 'mix-3-1'].map((name) => ['provider-1', name]),
    ...middles.flatMap((name) => [
      ['mix-1-1', name],
      [name, 'mix-3-1'],
    ]),
    ...roles.slice(1).map(([name]) => ['authority', name]),
  ];
  const links = pairs.map(([a, b]) => `  - { ends: ${a} <-> ${b} }`);
  return `
name: mixes
defaults:
  node: { run: mixnet }
  link: { rate: 1Gbit/s, delay: 1ms, mtu: 9000B }
nodes:
${nodes.join('\n')}
links:
${links.join('\n')}
`;
}

const scenario = (topology: string, middle: number): string => `
name: mixes
question: Do messages and replies cross the processes?
topology: ${topology}
duration: 10s
warmup: 1s
options:
  mixnet:
    places: [[mix-1-1], [${Array.from({ length: middle }, (_, index) => `mix-2-${index + 1}`)}], [mix-3-1]]
    rates: { delay: { mean: 10ms }, payload: { mean: 100ms }, loop: { mean: 400ms }, drop: 0/s }
    # A machine that runs all tests at once may be late; lateness is not what is asked here.
    mixing: { strategy: poisson, slack: 20s }
    client: { retrieve: { interval: 100ms } }
traffic: [{ from: client-1, to: client-2, kind: constant, rate: 3/s, size: 200B, stop: 5s }]
kpis: { mixnet.delivery: { value: ">= 99%" } }
`;

/** The number of packets that a mix has forwarded, as its process reports it to operators. */
async function forwardedBy(entry: ProcessEntry): Promise<readonly [string, number]> {
  const answer = await fetch(`http://127.0.0.1:${entry.operatorPort}/metrics`);
  const [, packets] = /^\w*mix_forwarded\w*\{[^}]*\} (\d+)$/m.exec(await answer.text()) ?? [];
  return [entry.nodes.join(), Number(packets)];
}

it.each([1, 2])(
  'R-195: three layers as processes, %i in the middle, carry messages and replies over SURBs',
  { retry: 1 },
  async (middle) => {
    write(`mixes-${middle}.yaml`, network(middle), blockOf(20 + middle));
    const run = await spread(write('run.yaml', scenario(`mixes-${middle}.yaml`, middle)));
    await run.reach(500);
    const entries = run.processes();
    expect(entries).toHaveLength(6 + middle);
    // Every mix carries packets, however many mixes share the middle layer.
    await run.reach(7_000);
    const carried = await Promise.all(
      entries.filter(({ nodes: [name = ''] }) => name.startsWith('mix-')).map(forwardedBy),
    );
    expect(carried).toHaveLength(2 + middle);
    for (const [name, packets] of carried) expect(packets, name).toBeGreaterThan(10);
    const report = reportOn(await run.end);
    const value = (metric: string): number => report.metrics[metric]?.value ?? 0;
    expect(report).toMatchObject({ pass: true, mode: 'live', layout: `${6 + middle} processes` });
    expect(value('mix.messages.acknowledged')).toBeGreaterThanOrEqual(8);
    expect(value('mix.loops.back')).toBeGreaterThan(5);
    await allGone(entries.map(({ pid }) => pid));
  },
);
