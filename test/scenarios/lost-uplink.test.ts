/** When a gateway tells the protocols above it that a peer cannot be reached. */
import { describe, expect, it } from 'vitest';
import { loadText, MS, prepare, SECOND } from '../unit/runner/fixture.ts';

const ignore = (): void => undefined;
const LIMIT_NS = 500_000_000;
/** Five phases of the probes, which leave every 50 ms; each cut lasts 2 s, and paths are back soon after it. */
const CUTS_MS = [0, 1, 2, 3, 4].map((phase) => 5_000 + phase * 4_013);

/** Instants at which gateway-111 said that the way to its peer is open or closed, with these cuts of its uplinks. */
function saidWith(
  cuts: readonly string[],
): readonly { readonly way: string; readonly atNs: number }[] {
  const { world } = prepare(
    loadText(`name: lost-uplink
topology: scion-default.yaml
stack: [{ on: "gateway-*", run: fabric }]
duration: 26s
warmup: 3s
crypto: modelled
events: [${cuts.join(', ')}]
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
  world.sim.runUntil(26 * SECOND);
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
  ])(
    'says within 500 ms that the way is closed, and then that it is open: %s (R-082)',
    (_, what) => {
      const set = what.startsWith('link') ? ', set: { up: false }' : '';
      const said = saidWith(CUTS_MS.map((ms) => `{ at: ${ms}ms, for: 2s, ${what}${set} }`));
      expect(said.map(({ way }) => way)).toEqual([
        'open',
        ...CUTS_MS.flatMap(() => ['closed', 'open']),
      ]);
      for (const [index, ms] of CUTS_MS.entries()) {
        const cutNs = ms * MS;
        const closedNs = (said[1 + 2 * index]?.atNs ?? 0) - cutNs;
        expect(closedNs).toBeGreaterThan(0);
        expect(closedNs).toBeLessThanOrEqual(LIMIT_NS);
        expect(said[2 + 2 * index]?.atNs).toBeGreaterThan(cutNs + 2 * SECOND);
      }
    },
  );

  it('says nothing while one path of three is cut, or all are silent for as long as a process pauses', () => {
    const said = saidWith([
      '{ at: 5s, for: 3s, link: br-111-1 <-> core-110, set: { up: false } }',
      '{ at: 12s, for: 200ms, link: "gateway-111 <-> br-111-*", set: { up: false } }',
    ]);
    expect(said.map(({ way }) => way)).toEqual(['open']);
  });
});
