/** A gateway's policy decides which ASes carry its packets. */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../scenarios/model.ts';
import { load, loadText, prepare, report, run, SECOND } from '../unit/runner/fixture.ts';

const CORES = ['core-110', 'core-120', 'core-130'];
const SHORT = { duration: '6s', warmup: '2s', 'traffic.0.rate': '300/s', events: '[]' };

function underPolicy(policy: string): Scenario {
  return load('failover.yaml', { ...SHORT, options: `{ gateway: { policy: ${policy} } }` });
}

/** Packets that each core router of ISD 1 forwards. */
function forwardedUnder(policy: string): number[] {
  const { world } = prepare(underPolicy(policy));
  world.sim.runUntil(6 * SECOND);
  return CORES.map((name) => {
    const metric = world.metrics(name)['router.forwarded'];
    return metric?.kind === 'counter' ? metric.value : expect.fail(`${name} counts nothing`);
  });
}

describe('under a policy of a gateway', () => {
  it('a denied AS carries nothing, neither data nor probes, and the others all', () => {
    expect(Math.min(...forwardedUnder('{}'))).toBeGreaterThan(50);
    const policy = '{ acl: ["- 1-ff00:0:110", "+"] }';
    const forwarded = forwardedUnder(policy);
    expect(forwarded[0]).toBe(0);
    expect(Math.max(...forwarded)).toBeGreaterThan(1_000);
    const scenario = underPolicy(policy);
    expect(report(scenario, [run(scenario)]).metrics['gateway.delivery']?.value).toBe(1);
  });

  it('only the ASes of its sequence carry anything', () => {
    const forwarded = forwardedUnder('"0 0 3-ff00:0:330 0 0"');
    expect(forwarded.slice(0, 2)).toEqual([0, 0]);
    expect(forwarded[2]).toBeGreaterThan(1_000);
  });
});

/** Of each AS between two leaves: latency and carbon of both of its links; of one nobody says what it emits. */
const WAYS = [
  { latency: '1ms', carbon: 'carbon: 90gCO2/TB' },
  { latency: '20ms', carbon: 'carbon: 2gCO2/TB' },
  { latency: '30ms', carbon: 'carbon: 1gCO2/TB' },
  { latency: '2ms', carbon: '' },
];

/**
 * The routers between the two leaves over which a gateway sends that takes only the first path of an order: at one
 * instant after the other, s.
 */
function routersUnder(policy: string, instants: readonly number[]): (string | undefined)[] {
  const as = (number: number): string => `"1-ff00:0:${number + 1}"`;
  const ends = [0, 1];
  const between = WAYS.map((_, way) => way + 2);
  const nodes = [...ends, ...between].map(
    (number) => `    - { name: r${number}, run: scion, as: ${as(number)} }
    - { name: c${number}, run: control-service, as: ${as(number)} }`,
  );
  const links = WAYS.flatMap(({ latency, carbon }, way) =>
    ends.map(
      (leaf) => `    - ends: r${way + 2} <-> r${leaf}
      relation: child
      announces: { latency: ${latency}${carbon === '' ? '' : `, ${carbon}`} }`,
    ),
  );
  const inside = [...ends, ...between].map((number) => `    - { ends: r${number} <-> c${number} }`);
  const gateways = ends.map(
    (leaf) => `    - { ends: r${leaf} <-> g${leaf} }
    - { ends: c${leaf} <-> g${leaf} }`,
  );
  const { experiment, world } = prepare(
    loadText(`name: orders
topology:
  name: ways
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B }
    internal: { delay: 100us }
    announces: { as: { carbon: 0gCO2/TB } }
  ases:
${ends.map((number) => `    - { id: ${as(number)} }`).join('\n')}
${between.map((number) => `    - { id: ${as(number)}, core: true }`).join('\n')}
  nodes:
${nodes.join('\n')}
${ends.map((leaf) => `    - { name: g${leaf}, run: gateway, as: ${as(leaf)} }`).join('\n')}
  links:
${[...links, ...inside, ...gateways].join('\n')}
duration: 32s
warmup: 12s
crypto: modelled
options: { gateway: { policy: ${policy}, multipath: { maxPaths: 1 } } }
traffic: [{ from: g0, to: g1, kind: constant, rate: 10/s, size: 400B, start: 12s }]
kpis: { gateway.delivery: { value: ">= 99%" } }
`),
  );
  return instants.map((instant) => {
    world.sim.runUntil(instant * SECOND);
    const active = experiment.activePath('g0', 'g1') ?? expect.fail('there is no path');
    return between.map((way) => `r${way}`).find((name) => active.some((id) => id.includes(name)));
  });
}

describe('of all paths that a control service finds', () => {
  it('R-227: a gateway takes that of the least carbon if its policy orders by it, whatever else it costs', () => {
    // By then nobody believes any more that a link is down whose first packets were lost.
    expect(routersUnder('{ order: [latency] }', [29])).toEqual(['r2']);
    expect(routersUnder('{ order: [carbon] }', [29])).toEqual(['r4']);
  });

  it('a gateway uses the best as soon as the answer is there, and not at the look for paths after the next', () => {
    // At 5 s the links of the best path are still believed to be down, at 6 s no more; looks for paths are every 5 s.
    const used = routersUnder('{ order: [latency] }', [5.5, 9.5, 10.5, 14.5]);
    expect(used).toEqual(['r3', 'r3', 'r2', 'r2']);
  });
});

describe('a mistake in a policy is an error at its place:', () => {
  const textOf = (policy: string): string =>
    [
      'name: test',
      'topology: scion-default.yaml',
      'duration: 6s',
      'options:',
      '  gateway:',
      `    policy: ${policy}`,
      'traffic:',
      '  - { from: gateway-111, to: gateway-211, kind: poisson, rate: 300/s, size: 1000B }',
      'kpis: { gateway.delivery: { value: ">= 99%" } }',
    ].join('\n');

  it.each([
    [
      '{ acl: ["+ 1-0#3", "+"] }',
      /test\.yaml:6:21 .*policy\.acl\[0\].*names an interface, but no AS/s,
    ],
    ['{ acl: ["+ 1"] }', /test\.yaml:6:\d+ .*policy\.acl.*has no entry for all interfaces/s],
    ['{ sequence: "0 (1" }', /test\.yaml:6:25 .*the parenthesis has no end, at character 3/s],
    ['"0 |"', /test\.yaml:6:13 .*ends where a hop must follow, at character 4/s],
    ['{ extends: [a] }', /test\.yaml:6:\d+ .*extends "a", which is not among its policies/s],
    ['{ order: [cheap] }', /test\.yaml:6:23 .*policy\.order\[0\]: "cheap"/s],
  ])('%s', (policy, message) => {
    expect(() => loadText(textOf(policy))).toThrow(message);
  });
});
