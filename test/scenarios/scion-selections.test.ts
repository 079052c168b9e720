/** Which paths an AS has depends on the selection of beacons. */
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../scenarios/model.ts';
import { loadText, prepare } from '../unit/runner/fixture.ts';

const CORE = '1-ff00:0:1';
const LEAF = '1-ff00:0:9';
/** Of each AS between the two: latency and carbon of both of its links. */
const WAYS = [
  { latency: '1ms', carbon: 100 },
  { latency: '2ms', carbon: 90 },
  { latency: '50ms', carbon: 1 },
  { latency: '40ms', carbon: 2 },
];
const DIRECT = '{ latency: 300ms, carbon: 900gCO2/TB }';

/** A core AS and a leaf AS with a direct link, the shortest way and in all else the worst, and four ways of two links. */
function network(selection: string): Scenario {
  const systems = [CORE, LEAF, ...WAYS.map((_, way) => `1-ff00:0:${way + 2}`)];
  const nodes = systems.map((as, index) => {
    return `    - { name: r${index}, run: scion, as: "${as}" }
    - { name: c${index}, run: control-service, as: "${as}" }`;
  });
  const ways = WAYS.map(({ latency, carbon }, way) => {
    const rest = `relation: child, announces: { latency: ${latency}, carbon: ${carbon}gCO2/TB }`;
    return `    - { ends: r0 <-> r${way + 2}, ${rest} }
    - { ends: r${way + 2} <-> r1, ${rest} }`;
  });
  return loadText(`name: selections
topology:
  name: ways
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B }
    internal: { delay: 100us }
    announces: { as: { carbon: 0gCO2/TB } }
  ases:
    - { id: "${CORE}", core: true }
${systems
  .slice(1)
  .map((as) => `    - { id: "${as}" }`)
  .join('\n')}
  nodes:
${nodes.join('\n')}
  links:
    - { ends: r0 <-> r1, relation: child, announces: ${DIRECT} }
${ways.join('\n')}
${systems.map((_, index) => `    - { ends: r${index} <-> c${index} }`).join('\n')}
duration: 40s
warmup: 0s
crypto: modelled
options: { control-service: { bestSet: 2, selection: ${selection}, watch: ["${CORE}"] } }
kpis: { control.discovery: { count: ">= 5" } }
`);
}

interface Found {
  readonly latencyUs: number;
  readonly carbon: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Two rounds of beacons, seconds. */
const ROUNDS_S = 10;

/** The paths from the leaf to the core AS that are chosen after 30 s. */
function pathsWith(scenario: Scenario): readonly Found[] {
  const { world } = prepare(scenario);
  let answer = '';
  world.later(30e9, () => {
    world.request('c1', {
      ...{ kind: 'paths', target: '', body: new TextEncoder().encode(CORE), deadlineNs: 35e9 },
      more: () => 'ok',
      respond: (outcome, body) => {
        answer = `${outcome} ${new TextDecoder().decode(body)}`;
      },
    });
  });
  world.sim.runUntil(36e9);
  expect(answer).toMatch(/^ok /);
  const all = JSON.parse(answer.slice(3)) as readonly Found[];
  // What was chosen while less was known stays until it expires, but nobody makes it new.
  const latest = Math.max(...all.map(({ expires }) => expires));
  return all.filter(({ expires }) => expires > latest - ROUNDS_S);
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe('an AS with the selection', () => {
  it('reference has the direct path, whatever it costs', () => {
    const paths = pathsWith(network('reference'));
    expect(paths).toHaveLength(2);
    expect(paths).toContainEqual(expect.objectContaining({ latencyUs: 300_000, carbon: 900 }));
  });

  it('greenest has the paths of the least carbon', () => {
    const paths = pathsWith(network('greenest'));
    expect(sorted(paths.map(({ carbon }) => carbon))).toEqual([2, 4]);
  });

  it('latency has the paths of the least latency', () => {
    const paths = pathsWith(network('latency'));
    expect(sorted(paths.map(({ latencyUs }) => latencyUs))).toEqual([2_000, 4_000]);
  });

  it('diversity has the direct path and one that shares no link with it', () => {
    const paths = pathsWith(network('diversity'));
    expect(paths).toHaveLength(2);
    expect(paths).toContainEqual(expect.objectContaining({ carbon: 900 }));
  });
});
