/**
 * Floods with a process for each node: the order goes to the process of the neighbour, which sends
 * to the gateway's own socket, and the forged datagrams do not harm the tunnel.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { allGone, blockOf, cleanUp, reportOn, spread, warningsOf, write } from './support.ts';

afterAll(cleanUp);

const ONE_PATH = `
name: one-path
defaults:
  node: { run: scion }
  link: { rate: 1Gbit/s, mtu: 1472B, queue: 1000packets }
  internal: { delay: 100us }
ases:
  - { id: "1-ff00:0:111", core: true, mtu: 1472B }
  - { id: "2-ff00:0:211", core: true, mtu: 1472B }
nodes:
  - { name: gateway-111, as: "1-ff00:0:111", run: gateway, address: BLOCK.1 }
  - { name: gateway-211, as: "2-ff00:0:211", run: gateway, address: BLOCK.2 }
  - { name: br-111, as: "1-ff00:0:111", address: BLOCK.3 }
  - { name: br-211, as: "2-ff00:0:211", address: BLOCK.4 }
links:
  - { ends: gateway-111 <-> br-111 }
  - { ends: gateway-211 <-> br-211 }
  - { ends: br-111 <-> br-211, relation: core, delay: 10ms }
`;

/** Keys change every second, so a tunnel that cannot agree on new ones fails within the run. */
const FLOODS = `
name: floods
question: Does a tunnel whose ends are flooded by processes of their neighbours keep its keys and packets?
topology: one-path.yaml
duration: 8s
warmup: 1500ms
options: { gateway: { rekey: { age: 1s }, rateLimit: { enabled: true, perSecond: 400, burst: 400 } } }
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, rate: 200/s, size: 400B }]
events:
  - { at: 2s, for: 5s, flood: { to: gateway-211, kind: opening, rate: 500/s } }
  - { at: 2s, for: 5s, flood: { to: gateway-211, kind: keyed-opening, rate: 100/s } }
  - { at: 2s, for: 5s, flood: { to: gateway-211, kind: urgent-frame, rate: 500/s } }
  - { at: 2s, for: 5s, flood: { to: gateway-111, kind: interface-down, rate: 50/s } }
kpis:
  gateway.delivery: { value: ">= 95%" }
  # The first handshake and the next one: an overlap of three seconds lies between two.
  gateway.rekeys: { count: ">= 4" }
`;

describe('floods between processes', () => {
  it('reach the gateways, cost no packet and no key, and end with their event', async () => {
    write('one-path.yaml', ONE_PATH, blockOf(11));
    const run = await spread(write('floods.yaml', FLOODS));
    await run.reach(6_500);
    const entries = run.processes();
    const report = reportOn(await run.end);
    expect(report.layout).toBe('4 processes');
    expect(report.faults.map(({ kind }) => kind)).toEqual(['flood', 'flood', 'flood', 'flood']);
    // Everything forged is rejected with a reason. There may be less of it if the machine stalled.
    const { nodeDrops } = report;
    const countOf = (...names: readonly string[]): number =>
      names.reduce((sum, name) => sum + (nodeDrops[name] ?? 0), 0);
    const refused = [
      [countOf('handshake-mac'), 2_500],
      [countOf('scmp-quote'), 250],
      [countOf('epoch-unknown', 'bad-auth'), 3_000],
    ] as const;
    for (const [count, sent] of refused) {
      expect(count).toBeGreaterThan(sent / 2);
      expect(count).toBeLessThanOrEqual(sent);
    }
    // Of 500 handshakes by a client that knows the key, ten are computed immediately and then five
    // per second.
    expect(countOf('cookie-required')).toBeGreaterThan(200);
    // Few of the forged handshakes are answered with a cookie: twenty immediately, and then ten per
    // second.
    expect(countOf('handshake-unexpected')).toBeLessThanOrEqual(75);
    expect(report.invariants.filter(({ pass }) => !pass)).toEqual([]);
    expect(warningsOf(report)).not.toContain('the process ended');
    expect(report.kpis.filter(({ pass }) => !pass)).toEqual([]);
    await allGone(entries.map(({ pid }) => pid));
  });
});
