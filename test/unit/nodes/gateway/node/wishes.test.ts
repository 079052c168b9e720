/**
 * What a gateway makes of the wishes of senders: packets that wait longer than 100 ms, are dropped
 * when their lifetime is over, and leave in the order of their priority.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../../reports/model.ts';
import { loadText, run } from '../../../runner/fixture.ts';

const RATE = 100;

/** No packet leaves gateway-111 from 3 s to 5 s, whatever path it takes. */
const cut = (wishes: string): SeedResult =>
  run(
    loadText(`
name: wishes
topology: scion-default.yaml
crypto: modelled
duration: 8s
warmup: 1s
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, rate: ${RATE}/s, start: 2s, size: 200B${wishes} }]
events: [{ at: 3s, for: 2s, partition: { from: [gateway-111], to: ["br-111-*"] } }]
`),
  );

const deliveredOf = ({ metrics }: SeedResult): number => {
  const delivery = metrics['gateway.delivery'];
  return delivery?.kind === 'ratio' ? delivery.numerator : Number.NaN;
};
/** Packets of the two seconds of the cut. */
const CUT = 2 * RATE;
const ALL = 6 * RATE;

describe('packets over a gateway without a path', () => {
  it('are lost unless they may wait, and then leave when a path answers again', () => {
    const plain = cut('');
    expect(ALL - deliveredOf(plain)).toBeGreaterThan(0.9 * CUT);
    const tolerant = cut(', tolerant: true');
    // What left before the gateway knew that no path answers is lost: 0.35 s.
    expect(ALL - deliveredOf(tolerant)).toBeLessThan(0.2 * CUT);
    expect(tolerant.nodeDrops['lifetime-over']).toBeUndefined();
    expect(tolerant.messages).toMatchObject({ open: 0 });
    expect(tolerant.warnings.filter((text) => text.includes('ignores'))).toEqual([]);
  });

  it('are dropped when their lifetime is over, and counted by that name', () => {
    const short = cut(', tolerant: true, lifetime: 500ms');
    const dropped = short.nodeDrops['lifetime-over'] ?? 0;
    // Packets wait from 3.3 s on, until a path answers at 6 s; those of the last 0.5 s are still of use.
    expect(dropped).toBeGreaterThan(2 * RATE);
    expect(dropped).toBeLessThan(2.4 * RATE);
    expect(short.messages?.lost['lifetime-over']).toBeGreaterThanOrEqual(dropped);
    const long = cut(', tolerant: true, lifetime: 4s');
    expect(long.nodeDrops['lifetime-over']).toBeUndefined();
    expect(deliveredOf(long)).toBeGreaterThan(deliveredOf(short) + 2 * RATE);
    // No packet is delivered later than it is of use.
    const latency = short.metrics['gateway.latency'];
    expect(latency?.kind === 'histogram' && latency.data.max).toBeLessThan(700e6);
  });
});
