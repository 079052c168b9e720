import { describe, expect, it } from 'vitest';
import type { LinkDirectionSpec } from '../../../../../engine/net/link-spec.ts';
import { Line } from '../network-fixture.ts';
import { collect, FAST, makePair, makeWorld, sender } from '../world-fixture.ts';

const MS = 1_000_000;
const base: LinkDirectionSpec = { rateBps: 1_000_000_000, delayNs: 30 * MS };
const COUNT = 600;

/** Each impairment on its own. */
const IMPAIRMENTS: Readonly<Record<string, Partial<LinkDirectionSpec>>> = {
  loss: { loss: { kind: 'burst', probability: 0.1, meanBurst: 3 } },
  corrupt: { corrupt: { probability: 0.2 } },
  duplicate: { duplicate: 0.2 },
  jitter: { jitter: { kind: 'normal', sigmaNs: MS } },
  reorder: { reorder: { probability: 0.1, gap: 1 } },
};

/** The part of {@link effects} that shows the work of an impairment. */
const SEEN: Readonly<Record<string, string>> = {
  loss: 'lost',
  corrupt: 'corrupt',
  duplicate: 'copies',
  jitter: 'delay',
};

function run(spec: LinkDirectionSpec): Line {
  const line = new Line([spec]);
  line.stream(COUNT, 200, 2 * MS);
  line.run();
  return line;
}

/** What each impairment did to each packet, as far as it is visible beside the others. */
function effects(line: Line): Record<string, Map<number, number>> {
  const lost = new Map<number, number>();
  for (const { number, reason } of line.drops) if (reason === 'loss') lost.set(number, 1);
  const copies = new Map<number, number>();
  const corrupt = new Map<number, number>();
  const delay = new Map<number, number>();
  for (const { number, bytes, at } of line.arrivals) {
    copies.set(number, (copies.get(number) ?? 0) + 1);
    const flipped = bytes.findIndex((byte) => byte !== number % 251);
    if (flipped >= 0) corrupt.set(number, flipped * 256 + bytes[flipped]!);
    if (!delay.has(number)) delay.set(number, at - number * 2 * MS);
  }
  return { lost, copies, corrupt, delay };
}

describe('streams of impairments (docs/spec/link-model.md#impairments)', () => {
  // A copy may arrive before its original; the first arrival then belongs to the copy.
  const pairs = Object.keys(SEEN).flatMap((name) =>
    Object.keys(SEEN)
      .filter((other) => other !== name && !(name === 'jitter' && other === 'duplicate'))
      .map((other) => [other, name] as const),
  );

  it.each(pairs)('adding %s moves no draw of %s', (other, name) => {
    const spec = { ...base, reorder: true, ...IMPAIRMENTS[name] };
    const both = run({ ...spec, ...IMPAIRMENTS[other] });
    const alone = effects(run(spec))[SEEN[name]!]!;
    const together = effects(both)[SEEN[name]!]!;
    const all = Array.from({ length: COUNT }, (_, i) => i);
    const visible = name === 'loss' ? all : [...new Set(both.arrivalNumbers)];
    expect(visible.map((n) => together.get(n))).toEqual(visible.map((n) => alone.get(n)));
    expect(alone.size).toBeGreaterThan(20);
  });

  it('duplicates have their own jitter and do not re-enter the queue', () => {
    const line = run({ ...base, reorder: true, duplicate: 1, ...IMPAIRMENTS['jitter'] });
    const plain = run({ ...base, reorder: true, ...IMPAIRMENTS['jitter'] });
    expect(line.only.offered).toBe(COUNT);
    expect(line.only.duplicated).toBe(COUNT);
    expect(line.only.busyNs).toBe(plain.only.busyNs);
    const delays = new Map<number, number[]>();
    for (const { number, at } of line.arrivals) {
      delays.set(number, [...(delays.get(number) ?? []), at - number * 2 * MS]);
    }
    for (const { number, at } of plain.arrivals) {
      expect(delays.get(number)).toContain(at - number * 2 * MS);
    }
    const different = [...delays.values()].filter(([a, b]) => a !== b).length;
    expect(different).toBeGreaterThan(COUNT * 0.9);
  });

  it.each([1, 3, 64])('corruption flips exactly %i different bits', (bits) => {
    const line = run({ ...base, corrupt: { probability: 1, bits } });
    expect(line.only.corrupted).toBe(COUNT);
    for (const { number, bytes } of line.arrivals) {
      let flipped = 0;
      for (const byte of bytes) {
        for (let rest = byte ^ (number % 251); rest > 0; rest >>= 1) flipped += rest & 1;
      }
      expect(flipped).toBe(bits);
    }
  });

  it('corruption reaches every byte of the packet', () => {
    const line = new Line([{ ...base, corrupt: { probability: 1 } }]);
    line.stream(400, 4, MS);
    line.run();
    const hit = new Set(
      line.arrivals.map(({ number, bytes }) => bytes.findIndex((byte) => byte !== number % 251)),
    );
    expect(hit).toEqual(new Set([0, 1, 2, 3]));
  });

  it('an empty datagram cannot be corrupted', () => {
    const line = new Line([{ ...base, corrupt: { probability: 1 } }]);
    line.offer(0);
    line.run();
    expect(line.only.corrupted).toBe(0);
    expect(line.arrivals).toHaveLength(1);
  });

  it('adding a host and a link changes nothing on the others', () => {
    const lossy: LinkDirectionSpec = { ...FAST, ...IMPAIRMENTS['loss'], ...IMPAIRMENTS['jitter'] };
    const arrivals = (hasMore: boolean): number[] => {
      const { world, a, b } = makePair(lossy);
      if (hasMore) {
        world.addHost({ name: 'c', address: '127.0.0.3' });
        const ends = { a: { host: 'a', port: 1 }, b: { host: 'c', port: 1 } };
        world.addLink({ id: 'ac', ...ends, forward: lossy, backward: lossy });
      }
      const received = collect(b, 7);
      const send = sender(a, { host: b, port: 7 });
      const sendMore = hasMore ? sender(a, { host: world.host('c'), port: 7 }) : undefined;
      for (let i = 0; i < 200; i += 1) {
        a.after(i * MS, () => {
          sendMore?.(Uint8Array.of(i));
          send(Uint8Array.of(i));
        });
      }
      world.runUntil(1_000 * MS);
      return received.map(({ at }) => at);
    };
    expect(arrivals(true)).toEqual(arrivals(false));
  });

  it('a fault on one link moves no draw of another', () => {
    const fates = (hasFault: boolean): number[] => {
      const world = makeWorld();
      for (const name of ['a', 'b', 'c']) {
        world.addHost({ name, address: `127.0.0.${name.charCodeAt(0)}` });
      }
      for (const to of ['b', 'c']) {
        world.addLink({
          id: `a${to}`,
          a: { host: 'a', port: 1 },
          b: { host: to, port: 1 },
          forward: { ...FAST, ...IMPAIRMENTS['loss'] },
          backward: FAST,
        });
      }
      const received = collect(world.host('c'), 7);
      const send = sender(world.host('a'), { host: world.host('c'), port: 7 });
      if (hasFault)
        world.scheduler.scheduleFault(5 * MS, () => world.link('ab').change({ up: false }));
      for (let i = 0; i < 200; i += 1) world.scheduler.after(i * MS, () => send(Uint8Array.of(i)));
      world.runUntil(1_000 * MS);
      return received.map(({ bytes }) => bytes[0]!);
    };
    expect(fates(true)).toEqual(fates(false));
  });

  it('an impairment that is taken away and brought back goes on in its stream', () => {
    const loss = { kind: 'bernoulli', probability: 0.5 } as const;
    const line = new Line([{ ...base, loss }]);
    line.stream(100, 10, MS);
    line.at(50 * MS - 1, () => line.only.apply({ ...base }));
    line.at(60 * MS - 1, () => line.only.apply({ ...base, loss }));
    line.run();
    const steady = new Line([{ ...base, loss }]);
    steady.stream(90, 10, MS);
    steady.run();
    const lost = (of: Line): number[] => of.drops.map(({ number }) => number);
    const expected = lost(steady).map((number) => (number < 50 ? number : number + 10));
    expect(lost(line)).toEqual(expected);
  });
});
