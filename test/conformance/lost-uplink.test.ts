/**
 * Fabric with a navigator over gateways and bundles, when a gateway loses its uplink: messages leave another way within
 * 500 ms, and the trace says why.
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SimHost } from '../../engine/net/sim-host.ts';
import { loadText, MS, prepare, run, SECOND } from '../unit/runner/fixture.ts';

const LIMIT_NS = 500 * MS;
const SIZE = 400;
/** Phases of the probes, which leave every 50 ms; each cut lasts 2 s, and paths are back soon after it. */
const CUTS_MS = [0, 1, 2].map((phase) => 5_000 + phase * 5_017);
const SEEDS = [1, 2, 3];

const TEXT = `
name: lost-uplink
topology:
  name: uplinks
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 9000B }
    internal: { delay: 100us }
  generate: { kind: scion, isds: 1, cores: 2, parents: 2, clients: 2 }
  nodes: [{ name: bus, run: dtn, options: { router: static, routes: [{ to: client-1, via: client-1 }, { to: client-2, via: client-2 }] } }]
  links: [{ ends: client-1 <-> bus, relation: internal }, { ends: client-2 <-> bus, relation: internal }]
stack:
  - { on: "client-*", run: dtn, over: links, options: { router: static, routes: [{ to: "*", via: bus }], store: { kind: durable } } }
  - on: "client-*"
    run: fabric
    options:
      ways: [gateway, dtn]
      navigator: { budget: 1000, costs: { gateway: { latency: 20ms, energy: 0.8, reliability: 99%, epsilon: 0.1 }, dtn: { latency: 30s, energy: 0.1, reliability: 99.9%, epsilon: 0 } } }
crypto: modelled
duration: 22s
warmup: 3s
traffic: [{ from: client-1, to: client-2, kind: constant, rate: 20/s, size: ${SIZE}B, start: 3s, stop: 21s, priority: expedited }]
events: [${CUTS_MS.map((ms) => `{ at: ${ms}ms, for: 2s, link: "client-1 <-> br-*", set: { up: false } }`).join(', ')}]
`;

afterEach(() => vi.restoreAllMocks());

/** When client-1 gave a packet with a message to a carrier, in the order of time. */
function noteDepartures(): readonly { readonly protocol: string; readonly atNs: number }[] {
  const noted: { protocol: string; atNs: number }[] = [];
  const original = SimHost.prototype.callDown;
  vi.spyOn(SimHost.prototype, 'callDown').mockImplementation(function (
    this: SimHost,
    carrier,
    request,
  ): void {
    const { protocol } = carrier;
    if (this.name === 'client-1' && request.body.length > SIZE)
      noted.push({ protocol, atNs: this.now() });
    original.call(this, carrier, request);
  });
  return noted;
}

describe('a fabric whose gateway loses its uplink', () => {
  it.each(SEEDS)('sends by another way within 500 ms, and comes back: seed %i (R-082)', (seed) => {
    const departures = noteDepartures();
    const { metrics } = run(loadText(TEXT), seed);
    for (const ms of CUTS_MS) {
      const firstAfter = (name: string, fromMs: number): number =>
        departures.find(({ protocol, atNs }) => protocol === name && atNs >= fromMs * MS)?.atNs ??
        Number.POSITIVE_INFINITY;
      expect(firstAfter('dtn', ms) - ms * MS).toBeLessThanOrEqual(LIMIT_NS);
      expect(firstAfter('gateway', ms + 2_000)).toBeLessThan((ms + 5_000) * MS);
    }
    const switches = metrics['navigator.switch'];
    const values = switches?.kind === 'samples' ? switches.values : [];
    expect(values).toHaveLength(CUTS_MS.length);
    expect(Math.max(...values)).toBeLessThanOrEqual(LIMIT_NS);
  });

  it('traces each choice with its reason (R-081)', () => {
    const { world } = prepare(loadText(TEXT));
    const ignore = (): void => undefined;
    const said: string[] = [];
    world.listen({
      ...{ delivered: ignore, spanned: ignore, marked: ignore, logged: ignore },
      keepsStates: true,
      state: (node, machine, why): void => {
        if (node === 'client-1' && machine === 'fabric/choice of a way to client-2') said.push(why);
      },
    });
    world.sim.runUntil(6 * SECOND);
    const ways = said.filter((why) => why.startsWith('realtime')).map((why) => why.split(',')[0]);
    expect([ways[0], ways.at(-1)]).toEqual(['realtime: gateway 0.400', 'realtime: dtn 0.000']);
  });
});
