/**
 * Control services that are real processes: they discover all paths, one is killed with -9, and the one that takes
 * its place begins anew while gateways go on over the paths that they have.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { allGone, blockOf, cleanUp, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

/** Two core ASes, and an AS with a gateway below each. */
const ASES = [
  { isdAs: '1-ff00:0:110', core: true },
  { isdAs: '1-ff00:0:120', core: true },
  { isdAs: '1-ff00:0:111', core: false },
  { isdAs: '1-ff00:0:121', core: false },
];
const numberOf = (isdAs: string): string => isdAs.slice(-3);

const TOPOLOGY = `
name: beaconing
defaults:
  link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B, queue: 1000packets }
  internal: { delay: 100us }
ases:
${ASES.map(({ isdAs, core }) => `  - { id: "${isdAs}", core: ${core}, mtu: 1472B }`).join('\n')}
nodes:
${ASES.flatMap(({ isdAs, core }, index) => {
  const of = (name: string, run: string, host: number): string =>
    `  - { name: ${name}-${numberOf(isdAs)}, as: "${isdAs}", run: ${run}, address: BLOCK.${host} }`;
  const own = [of('br', 'scion', 1 + index), of('control', 'control-service', 11 + index)];
  return core ? own : [...own, of('gateway', 'gateway', 21 + index)];
}).join('\n')}
links:
${ASES.map(({ isdAs }) => `  - { ends: br-${numberOf(isdAs)} <-> control-${numberOf(isdAs)} }`).join('\n')}
  - { ends: br-111 <-> gateway-111 }
  - { ends: br-121 <-> gateway-121 }
  - { ends: control-111 <-> gateway-111 }
  - { ends: control-121 <-> gateway-121 }
  - { ends: br-110 <-> br-120, relation: core }
  - { ends: br-110 <-> br-111, relation: child }
  - { ends: br-120 <-> br-121, relation: child }
`;

const SCENARIO = `
name: beaconing
question: Are paths found again after kill -9 of a control service?
topology: beaconing-net.yaml
duration: 18s
warmup: 0s
options:
  control-service:
    origination: 2s
    propagation: 2s
    registration: 2s
    watch: [${ASES.map(({ isdAs }) => `"${isdAs}"`).join(', ')}]
traffic:
  - { from: gateway-111, to: gateway-121, kind: constant, rate: 100/s, size: 400B, start: 5s, stop: 14s }
events: [{ at: 6s, for: 1s, crash: control-110 }]
kpis:
  control.discovery: { count: "== 15" }
  gateway.delivery: { value: ">= 50%" }
`;

describe('control services as processes', () => {
  it('find all paths, and find them again after kill -9 of one', async () => {
    const block = blockOf(3);
    write('beaconing-net.yaml', TOPOLOGY, block);
    const run = await spread(write('beaconing.yaml', SCENARIO, block));
    const report = reportOn(await run.end);
    const entries = run.processes();
    const restarted = entries.filter(({ isRestart }) => isRestart);
    expect(restarted.map(({ nodes }) => nodes)).toEqual([['control-110']]);
    expect(report.layout).toBe('10 processes');
    // Each has found the three others, and the one that came back has found them a second time.
    expect(report.metrics['control.discovery']?.count).toBe(4 * 3 + 3);
    expect(report.metrics['live.restart']?.count).toBe(1);
    // Within five rounds; and border routers and gateways go on while the control service is away.
    expect(report.kpis.filter(({ pass }) => !pass)).toEqual([]);
    expect(report.faults.map(({ text }) => text).join('\n')).toContain('control-110 crashed');
    expect(warningsOf(report)).not.toContain('the process ended');
    await allGone(entries.map(({ pid }) => pid));
  });
});
