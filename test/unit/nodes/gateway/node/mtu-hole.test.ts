/** Datagrams longer than some size vanish without a message, while probes and small packets pass. */
import { describe, expect, it } from 'vitest';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

const LINK = 'core-110--core-310';

interface Sent {
  readonly atNs: number;
  readonly length: number;
}

/** The packets that are lost, of the given sizes, one each 2 ms from 3 s on; path 1 has a hole of 900 bytes from 4 s to 40 s. */
function lostOf(sizes: readonly number[], untilNs: number): readonly Sent[] {
  const scenario = load('failover.yaml', {
    ...{ duration: '120s', warmup: '3s', crypto: 'modelled', 'traffic.0.rate': '1/s' },
    ...{ 'traffic.0.stop': '1s', events: '[]' },
  });
  const { world } = prepare(scenario, 1);
  const sent = new Map<number, Sent>();
  const ignore = (): void => undefined;
  world.listen({
    delivered: (_node, _from, bytes) =>
      sent.delete(new DataView(bytes.slice().buffer).getUint32(0)),
    ...{ state: ignore, spanned: ignore, marked: ignore, logged: ignore },
  });
  world.at(4 * SECOND, () => {
    const undo = world.link(LINK).change({ mtu: 900 }, 'both');
    world.at(40 * SECOND, undo);
  });
  for (let number = 0; 3 * SECOND + number * 2_000_000 < untilNs - SECOND; number += 1) {
    const atNs = 3 * SECOND + number * 2_000_000;
    const length = sizes[number % sizes.length] as number;
    const body = new Uint8Array(length);
    new DataView(body.buffer).setUint32(0, number);
    world.at(atNs, () => {
      sent.set(number, { atNs, length });
      world.request('gateway-111', { kind: 'send', target: 'gateway-211', body, respond: ignore });
    });
  }
  world.sim.runUntil(untilNs);
  return [...sent.values()];
}

describe('an MTU hole on the path in use', () => {
  it('is found by padded probes if small packets pass: long ones are lost for less than 300 ms', () => {
    const lost = lostOf([100, 1_000], 12 * SECOND);
    expect(lost.length).toBeGreaterThan(10);
    expect(Math.max(...lost.map(({ atNs }) => atNs))).toBeLessThan(4.3 * SECOND);
    expect(lost.every(({ length }) => length === 1_000)).toBe(true);
  });

  it('is remembered if all packets are too long: nothing is lost when packets return to the path', () => {
    const lost = lostOf([1_000], 38 * SECOND);
    expect(lost.length).toBeGreaterThan(10);
    expect(Math.max(...lost.map(({ atNs }) => atNs))).toBeLessThan(4.3 * SECOND);
  });
});
