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
