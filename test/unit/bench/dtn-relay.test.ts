import { describe, expect, it } from 'vitest';
import { bundleOf, Relay } from '../../../bench/workloads/dtn-relay.ts';

const BUNDLES = 3_000;
const PAYLOAD = new Uint8Array(1_000).fill(7);
const bundles = Array.from({ length: BUNDLES }, (_, sequence) => bundleOf(sequence, PAYLOAD));

describe('the relay of the benchmark', () => {
  it.each(['memory', 'durable'] as const)(
    'R-139: receives, stores and forwards each of 3,000 bundles of 1 kB (%s)',
    (kind) => {
      const relay = new Relay(kind);
      relay.pass(bundles);
      expect(relay.forwarded).toBe(BUNDLES);
    },
  );

  it('forwards a bundle once, however often it comes', () => {
    const relay = new Relay('memory');
    relay.pass([...bundles.slice(0, 10), ...bundles.slice(0, 10)]);
    expect(relay.forwarded).toBe(10);
  });

  it('R-140: sends 1 kB in at most 1,120 bytes, with previous node, hop count and age', () => {
    const relay = new Relay('memory');
    relay.pass(bundles.slice(0, 1));
    // 82 bytes of blocks and their heads.
    expect(relay.lastBytes).toBe(1_082);
    expect(relay.lastBytes).toBeLessThanOrEqual(1_120);
  });
});
