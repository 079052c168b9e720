/**
 * A gateway in a network of control services, whose routers sign what they say of their links.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { counter, loadText, MS, run, samples } from '../../../runner/fixture.ts';

const CORES = [1, 2];
const LEAVES = [8, 9];
const CUT = 'for: 5s, link: "r2 <-> r9", set: { up: false }';
const FORGED = 'flood: { to: g8, as: g9, kind: interface-down, rate: 50/s, about: "r2 <-> r9" }';

/** Two leaves below two core ASes; the best path, over the second, is cut or slandered at 15 s. */
function textWith(scmp: string, event = CUT): string {
  const all = [...CORES, ...LEAVES];
  const as = (number: number): string => `"1-ff00:0:${number}"`;
  const nodes = all.map(
    (number) => `    - { name: r${number}, run: scion, as: ${as(number)} }
    - { name: c${number}, run: control-service, as: ${as(number)} }`,
  );
  const gateways = LEAVES.map((leaf) => `    - { name: g${leaf}, run: gateway, as: ${as(leaf)} }`);
  const down = CORES.flatMap((core) =>
    LEAVES.map(
      (leaf) => `    - { ends: r${core} <-> r${leaf}, relation: child, delay: ${3 - core}ms }`,
    ),
  );
  const inside = all.map((number) => `    - { ends: r${number} <-> c${number} }`);
  const ofGateways = LEAVES.map(
    (leaf) => `    - { ends: r${leaf} <-> g${leaf} }
    - { ends: c${leaf} <-> g${leaf} }`,
  );
  return `name: signed
topology:
  name: signed
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B }
    internal: { delay: 100us }
  ases:
${CORES.map((core) => `    - { id: ${as(core)}, core: true }`).join('\n')}
${LEAVES.map((leaf) => `    - { id: ${as(leaf)} }`).join('\n')}
  nodes:
${[...nodes, ...gateways].join('\n')}
  links:
    - { ends: r1 <-> r2, relation: core }
${[...down, ...inside, ...ofGateways].join('\n')}
duration: 22s
warmup: 12s
crypto: modelled
options:
  scion: { scmp: { authentication: true } }
  gateway: { multipath: { scmp: ${scmp}, probeInterval: 1s, misses: 6, reports: false, hold: 1s } }
traffic:
  - { from: g8, to: g9, kind: constant, rate: 200/s, size: 400B, start: 12s }
events:
  - { at: 15s, ${event} }
kpis: { gateway.delivery: { value: ">= 50%" } }
`;
}

/** The gap in the traffic after the cut, ns. */
function gapWith(scmp: string): number {
  const result = run(loadText(textWith(scmp)));
  expect(counter(result, 'gateway.scmp')).toBeGreaterThan(0);
  const [gap] = samples(result, 'gateway.failover');
  return gap ?? expect.fail('the cut hit no traffic');
}

describe('a gateway that has the keys of other ASes', () => {
  it('leaves a path at the first signed message of a router on it, without a missed probe', () => {
    const [signed, unsigned] = [gapWith('authenticated'), gapWith('checked')];
    // BFD takes 400 to 600 ms until the router knows; then the next packet brings the message.
    expect(signed).toBeLessThan(620 * MS);
    expect(unsigned).toBeGreaterThan(signed);
  });

  it('is not moved by messages that nobody signed', () => {
    const result = run(loadText(textWith('authenticated', FORGED)));
    expect(counter(result, 'gateway.scmp')).toBeGreaterThan(300);
    expect(counter(result, 'gateway.path_deaths')).toBe(0);
    expect(counter(result, 'gateway.fault_switches')).toBe(0);
  });
});
