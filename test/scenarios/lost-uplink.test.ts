/** When a gateway tells the protocols above it that a peer cannot be reached. */
import { describe, expect, it } from 'vitest';
import { loadText, prepare, SECOND } from '../unit/runner/fixture.ts';

const ignore = (): void => undefined;
const CUT_NS = 5 * SECOND;
const LIMIT_NS = 500_000_000;

/** Instants at which gateway-111 said that the way to its peer is open or closed, with this cut of its uplinks. */
function saidWith(cut: string): readonly { readonly way: string; readonly atNs: number }[] {
  const { world } = prepare(
    loadText(`name: lost-uplink
topology: scion-default.yaml
stack: [{ on: "gateway-*", run: fabric }]
duration: 12s
warmup: 3s
crypto: modelled
events: [${cut}]
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, rate: 20/s, size: 400B, start: 3s }]
kpis: { fabric.delivery: { value: ">= 0%" } }
`),
  );
  const said: { way: string; atNs: number }[] = [];
  world.listen({
    ...{ delivered: ignore, spanned: ignore, marked: ignore, logged: ignore },
    keepsStates: true,
    state: (node, machine, way): void => {
      if (node === 'gateway-111' && machine === 'way to gateway-211 by gateway') {
        said.push({ way, atNs: world.now() });
      }
    },
  });
  world.sim.runUntil(12 * SECOND);
  return said;
}

describe('a gateway that loses its uplink', () => {
  it.each([
    ['all three links to its routers', 'link: "gateway-111 <-> br-111-*"'],
    ['all links to its peer', 'link: "gateway-211 <-> br-211-*"'],
    [
      'one direction, so that only answers are lost',
      'partition: { from: ["br-111-*"], to: [gateway-111] }',
    ],
  ])('says within 500 ms that the way is closed, and then that it is open: %s', (_, what) => {
    // Five phases of the probes, which leave every 50 ms.
    for (let phase = 0; phase < 5; phase += 1) {
      const set = what.startsWith('link') ? ', set: { up: false }' : '';
      const at = `${CUT_NS / 1e6 + 13 * phase}ms`;
      const cutNs = CUT_NS + 13_000_000 * phase;
      const said = saidWith(`{ at: ${at}, for: 3s, ${what}${set} }`);
      expect(said.map(({ way }) => way)).toEqual(['open', 'closed', 'open']);
      const closedNs = (said[1]?.atNs ?? 0) - cutNs;
      expect(closedNs).toBeGreaterThan(0);
      expect(closedNs).toBeLessThanOrEqual(LIMIT_NS);
      expect(said[2]?.atNs).toBeGreaterThan(cutNs + 3 * SECOND);
    }
  });

  it('says nothing while one path of three is cut, or all are silent for as long as a process pauses', () => {
    const one = saidWith('{ at: 5s, for: 3s, link: br-111-1 <-> core-110, set: { up: false } }');
    expect(one.map(({ way }) => way)).toEqual(['open']);
    const all = '{ at: 5s, for: 200ms, link: "gateway-111 <-> br-111-*", set: { up: false } }';
    expect(saidWith(all).map(({ way }) => way)).toEqual(['open']);
  });
});
