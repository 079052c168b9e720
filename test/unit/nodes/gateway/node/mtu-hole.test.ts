/** Datagrams longer than some size vanish without a message, while probes and small packets pass. */
import { describe, expect, it } from 'vitest';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

const LINK = 'core-110--core-310';

interface Sent {
  readonly atNs: number;
  readonly length: number;
}

interface Sending {
  readonly sizes: readonly number[];
  readonly everyNs?: number;
  readonly untilNs: number;
  /** Instead of the hole: whether the link takes a datagram, from 4 s to 10 s. */
  readonly takes?: (length: number) => boolean;
}

interface Course {
  /** The packets that are lost. */
  readonly lost: readonly Sent[];
  /** The datagrams that path 1 is given, on the link with the hole, from 3 s on. */
  readonly onPath: readonly Sent[];
}

/** Sends packets from 3 s on, the sizes in turn; path 1 has a hole of 900 bytes from 4 s to 40 s. */
function sendThrough({ sizes, everyNs = 2_000_000, untilNs, takes }: Sending): Course {
  const scenario = load('failover.yaml', {
    ...{ duration: '120s', warmup: '3s', crypto: 'modelled', 'traffic.0.rate': '1/s' },
    ...{ 'traffic.0.stop': '1s', events: '[]' },
  });
  const { world } = prepare(scenario, 1);
  const sent = new Map<number, Sent>();
  const onPath: Sent[] = [];
  const ignore = (): void => undefined;
  world.listen({
    delivered: (_node, _from, bytes) =>
      sent.delete(new DataView(bytes.slice().buffer).getUint32(0)),
    ...{ state: ignore, spanned: ignore, marked: ignore, logged: ignore },
  });
  world.at(4 * SECOND, () => {
    const link = world.link(LINK);
    if (takes !== undefined)
      world.at(
        10 * SECOND,
        link.tap('forward', ({ length }) => takes(length)),
      );
    else world.at(40 * SECOND, link.change({ mtu: 900 }, 'both'));
  });
  world.at(3 * SECOND, () => {
    world.link(LINK).tap('forward', ({ length }) => {
      onPath.push({ atNs: world.now(), length });
      return true;
    });
  });
  for (let number = 0; 3 * SECOND + number * everyNs < untilNs - SECOND; number += 1) {
    const atNs = 3 * SECOND + number * everyNs;
    const length = sizes[number % sizes.length] as number;
    const body = new Uint8Array(length);
    new DataView(body.buffer).setUint32(0, number);
    world.at(atNs, () => {
      sent.set(number, { atNs, length });
      world.request('gateway-111', { kind: 'send', target: 'gateway-211', body, respond: ignore });
    });
  }
  world.sim.runUntil(untilNs);
  return { lost: [...sent.values()], onPath };
}

describe('an MTU hole on the path in use', () => {
  it('is found by padded probes if small packets pass: long ones are lost for less than 300 ms', () => {
    const { lost } = sendThrough({ sizes: [100, 1_000], untilNs: 12 * SECOND });
    expect(lost.length).toBeGreaterThan(10);
    expect(Math.max(...lost.map(({ atNs }) => atNs))).toBeLessThan(4.3 * SECOND);
    expect(lost.every(({ length }) => length === 1_000)).toBe(true);
  });

  it('is remembered if all packets are too long: nothing is lost when packets return to the path', () => {
    const { lost } = sendThrough({ sizes: [1_000], untilNs: 38 * SECOND });
    expect(lost.length).toBeGreaterThan(10);
    expect(Math.max(...lost.map(({ atNs }) => atNs))).toBeLessThan(4.3 * SECOND);
  });

  it('is over a minute after the search: the path that was left has carried fragments, and now carries whole packets', () => {
    const { lost, onPath } = sendThrough({
      ...{ sizes: [1_000], everyNs: 10_000_000, untilNs: 72 * SECOND },
    });
    // Padded probes are few, packets a hundred a second; a whole one is longer than 1,000 bytes.
    const between = (from: number, until: number): readonly number[] =>
      onPath
        .filter(({ atNs }) => atNs >= from * SECOND && atNs < until * SECOND)
        .map(({ length }) => length);
    const narrow = between(41, 64);
    expect(narrow.filter((length) => length > 500).length).toBeGreaterThan(2_000);
    expect(Math.max(...narrow)).toBeLessThan(900);
    expect(between(67, 70).filter((length) => length > 1_000).length).toBeGreaterThan(290);
    expect(Math.max(...lost.map(({ atNs }) => atNs))).toBeLessThan(5 * SECOND);
  });

  it('is not seen where probes of all sizes are lost: packets return whole to a path that lost two of three', () => {
    let number = 0;
    // Padded probes of the full size are 1,472 bytes long, datagrams of packets 1,442.
    const takes = (length: number): boolean => {
      number += 1;
      return length <= 1_450 && number % 3 === 0;
    };
    const { lost, onPath } = sendThrough({
      ...{ sizes: [1_250], everyNs: 10_000_000, untilNs: 32 * SECOND, takes },
    });
    expect(lost.length).toBeGreaterThan(5);
    const back = onPath.filter(({ atNs, length }) => atNs > 28 * SECOND && length > 500);
    expect(back.length).toBeGreaterThan(250);
    expect(Math.min(...back.map(({ length }) => length))).toBeGreaterThan(1_400);
  });
});
