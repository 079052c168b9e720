import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkDirectionSpec, QueueSpec } from '../../../../../engine/net/link-spec.ts';
import type { PriorityQueue } from '../../../../../engine/net/queue/priority.ts';
import { vectorSets } from '../../../../vectors-root.ts';
import { Line } from '../network-fixture.ts';

const MS = 1_000_000;
/** At this rate, one byte takes 1 us. */
const RATE = 8_000_000;

interface CodelVector {
  readonly scenario: {
    readonly size: number;
    readonly gapNs: number;
    readonly lastBeforeNs: number;
    readonly maxpacket: number;
  };
  readonly sent: number;
  readonly forwarded: number;
  readonly dropped: number;
  readonly drops: readonly (readonly [number, number])[];
}

/** RFC 8289 section 5, computed independently. */
const OVERLOAD: CodelVector = {
  scenario: { size: 1000, gapNs: 800000, lastBeforeNs: 5000000000, maxpacket: 1000 },
  sent: 6250,
  forwarded: 5491,
  dropped: 759,
  drops: [
    [125000000, 125],
    [225000000, 226],
    [296000000, 298],
    [354000000, 357],
    [404000000, 408],
    [449000000, 454],
  ],
};

/** The overload of check 14: 1,000 bytes every 0.8 ms on 8 Mbit/s. */
function overload(lastBeforeNs: number): Line {
  const line = new Line([
    { rateBps: RATE, delayNs: 0, mtu: 1_500, queue: { kind: 'codel', maxPacketBytes: 1_000 } },
  ]);
  line.stream(lastBeforeNs / 800_000, 1_000, 800_000);
  return line;
}

describe('drop-tail', () => {
  it('holds exactly its limit; the packet being serialised does not count', () => {
    const line = new Line([
      { rateBps: RATE, delayNs: 0, queue: { kind: 'drop-tail', limitPackets: 2 } },
    ]);
    line.offer(100, 100, 100, 100);
    line.run();
    expect(line.arrivalNumbers).toEqual([0, 1, 2]);
    expect(line.drops).toEqual([{ at: 0, number: 3, reason: 'queue-full' }]);
  });

  it('tells the sender that the queue was full, and of no other drop', () => {
    const queue = { kind: 'drop-tail', limitPackets: 0 } as const;
    const line = new Line([{ rateBps: RATE, delayNs: 0, mtu: 500, queue }]);
    expect(line.offerWith(501, 0)).toBe(true);
    expect(line.offerWith(100, 0)).toBe(true);
    expect(line.offerWith(100, 0)).toBe(false);
  });

  it('can be limited in bytes', () => {
    const queue = { kind: 'drop-tail', limitBytes: 250 } as const;
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue }]);
    line.offer(1_000, 200, 100, 50);
    expect(line.only.queuedBytes).toBe(250);
    line.run();
    expect(line.arrivalNumbers).toEqual([0, 1, 3]);
  });

  it('holds 1,000 packets by default', () => {
    const line = new Line([{ rateBps: RATE, delayNs: 0 }]);
    line.offer(...Array.from({ length: 1_002 }, () => 10));
    expect(line.only.queuedPackets).toBe(1_000);
    expect(line.drops).toHaveLength(1);
  });
});

/** Queues in which nothing can wait; a new kind has an entry. */
const NO_ROOM: Readonly<Record<QueueSpec['kind'], QueueSpec>> = {
  'drop-tail': { kind: 'drop-tail', limitPackets: 0 },
  codel: { kind: 'codel', limitPackets: 0 },
  priority: { kind: 'priority', classes: [{ limitPackets: 0 }, { limitBytes: 9 }] },
};

describe.each(Object.values(NO_ROOM))('a $kind queue without room', (queue) => {
  const FULL = { reason: 'queue-full' };
  const line = (more: Partial<LinkDirectionSpec> = {}): Line =>
    new Line([{ rateBps: RATE, delayNs: 0, mtu: 1_500, queue, ...more }]);

  it('sends what finds the link idle, and refuses all else', () => {
    const number = fc.integer({ min: 10, max: 300 });
    const packet = fc.record({ gapUs: number, size: number, dscp: fc.constantFrom(0, 48) });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 40 }), (plan) => {
        const full = line();
        const taken: boolean[] = [];
        const expected: boolean[] = [];
        let [at, freeAt] = [0, 0];
        for (const { gapUs, size, dscp } of plan) {
          // One ns more, so that no packet comes at the instant at which another one has left.
          at += gapUs * 1_000 + 1;
          full.at(at, () => void taken.push(full.offerWith(size, dscp)));
          expected.push(at > freeAt);
          if (at > freeAt) freeAt = at + size * 1_000;
        }
        full.run();
        expect(taken).toEqual(expected);
      }),
      { seed: 16 },
    );
  });

  it('keeps to its bucket', () => {
    const tokenBucket = { rateBytesPerSecond: 1e6, burstBytes: 1_500, mode: 'shape' } as const;
    const shaped = line({ rateBps: Number.POSITIVE_INFINITY, tokenBucket });
    for (const at of [0, 0, 499_999, 500_000]) shaped.at(at, () => shaped.offer(1_000));
    shaped.run();
    expect(shaped.arrivalTimes).toEqual([0, 500_000]);
    expect(shaped.drops).toMatchObject([FULL, FULL]);
  });

  it('keeps to its contacts', () => {
    const contacts = { windows: [{ startNs: MS, endNs: 2 * MS }] };
    const open = line({ contacts });
    for (const at of [0, MS, 1.95 * MS]) open.at(at, () => open.offer(100));
    open.run();
    expect(open.arrivalTimes).toEqual([1.1 * MS]);
    expect(open.drops).toMatchObject([FULL, FULL]);
  });

  it('sends nothing while its rate is 0', () => {
    const still = line({ rateSteps: { atNs: [0, MS], values: [0, RATE] } });
    for (const at of [0, MS]) still.at(at, () => still.offer(100));
    still.run();
    expect(still.arrivalTimes).toEqual([1.1 * MS]);
    expect(still.drops).toMatchObject([FULL]);
  });

  it('has no room for a while if a fault says so', () => {
    const roomy = { ...queue, limitPackets: 5 };
    const cut = line({ queue: queue.kind === 'priority' ? { ...queue, classes: [{}] } : roomy });
    cut.only.setQueueLimit(0);
    cut.offer(100, 100);
    cut.only.setQueueLimit(1);
    cut.offer(100);
    cut.run();
    expect(cut.arrivalNumbers).toEqual([0, 2]);
    expect(cut.only.conservation()).toMatchObject({ offered: 3, delivered: 2, balance: 0 });
  });
});

describe('strict priority', () => {
  const classes = [{ limitPackets: 2 }, {}];
  const queue = { kind: 'priority', classes } as const;

  it('serves the urgent class first and never interrupts a packet', () => {
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue }]);
    for (const dscp of [0, 0, 48, 0, 48]) line.offerWith(100, dscp);
    line.run();
    expect(line.arrivalNumbers).toEqual([0, 2, 4, 1, 3]);
  });

  it('limits each class by itself', () => {
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue }]);
    for (const dscp of [0, 48, 48, 48, 0]) line.offerWith(100, dscp);
    line.run();
    expect(line.drops.map(({ number }) => number)).toEqual([3]);
  });

  it('takes the class from a function of the packet', () => {
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue }]);
    const { table } = line.network;
    (line.only.queue as PriorityQueue).setClassifier((packet) =>
      table.length[packet]! < 100 ? 0 : 1,
    );
    line.offer(500, 500, 50);
    line.run();
    expect(line.arrivalNumbers).toEqual([0, 2, 1]);
  });
});

describe('priority that is bounded', () => {
  const flood = (shareMax?: number): Line => {
    const classes = [{ limitPackets: 20 }, { limitPackets: 20 }];
    const bound = shareMax === undefined ? {} : { shareMax };
    const line = new Line([
      { rateBps: RATE, delayNs: 0, queue: { kind: 'priority', classes, ...bound } },
    ]);
    for (let at = 0; at < 100 * MS; at += 100_000) {
      line.at(at, () => {
        for (const dscp of [48, 0]) line.offerWith(100, dscp);
      });
    }
    line.run(100 * MS);
    return line;
  };
  const dataOf = (line: Line): number =>
    line.arrivalNumbers.slice(1, 901).filter((n) => n % 2 === 1).length;

  it('lets an urgent flood take all of a link from data where it is strict', () => {
    expect(dataOf(flood())).toBe(0);
    expect(dataOf(flood(1))).toBe(0);
  });

  it('leaves data its share of a link under an urgent flood, exactly', () => {
    expect(dataOf(flood(0.75))).toBe(900 / 4);
    expect(dataOf(flood(0.5))).toBe(900 / 2);
  });

  it('gives a class that is alone all of the link', () => {
    const queue = { kind: 'priority', classes: [{}, {}], shareMax: 0.5 } as const;
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue }]);
    for (let i = 0; i < 10; i += 1) line.offerWith(100, 48);
    line.run();
    expect(line.arrivalTimes.at(-1)).toBe(MS);
  });

  it.each([
    [48, 0],
    [63, 0],
    [46, 1],
    [32, 1],
    [31, 2],
    [0, 2],
    [8, 3],
    [1, 3],
  ])('has DSCP %i in class %i of four by default', (dscp, rank) => {
    // Each class has another room, which tells it.
    const classes = [3, 5, 7, 9].map((limitPackets) => ({ limitPackets }));
    const line = new Line([{ rateBps: RATE, delayNs: 0, queue: { kind: 'priority', classes } }]);
    for (let i = 0; i < 20; i += 1) line.offerWith(100, dscp);
    expect(line.only.queuedPackets).toBe(3 + 2 * rank);
  });
});

describe('CoDel (RFC 8289)', () => {
  it('drops in an overload at 125 ms, then ever faster', () => {
    const line = overload(700 * MS);
    line.run(700 * MS);
    const instants = line.drops.map(({ at }) => at / MS);
    expect(instants).toEqual([125, 225, 296, 354, 404, 449, 489, 527, 563, 596, 628, 658, 687]);
    expect(new Set(line.drops.map(({ reason }) => reason))).toEqual(new Set(['codel']));
  });

  it('does not drop while the backlog is at most one packet', () => {
    const queue = { kind: 'codel', maxPacketBytes: 1_500 } as const;
    const line = new Line([{ rateBps: 80_000, delayNs: 0, queue }]);
    line.stream(30, 1_000, 100 * MS);
    line.run();
    expect(line.drops).toEqual([]);
  });

  it('keeps the packets in order and accounts for each', () => {
    const line = overload(2_000 * MS);
    line.run();
    expect(line.arrivalNumbers).toEqual(line.arrivalNumbers.toSorted((a, b) => a - b));
    expect(line.only.conservation()).toMatchObject({ offered: 2_500, balance: 0, queued: 0 });
  });

  it('works behind a shaper, which looks at the packet before it leaves', () => {
    const tokenBucket = {
      rateBytesPerSecond: 1_000_000,
      burstBytes: 2_000,
      mode: 'shape',
    } as const;
    const queue = { kind: 'codel', maxPacketBytes: 1_000 } as const;
    const rateBps = Number.POSITIVE_INFINITY;
    const line = new Line([{ rateBps, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    line.stream(1_000, 1_000, 800_000);
    line.run();
    expect(line.drops.length).toBeGreaterThan(10);
    expect(line.only.conservation()).toMatchObject({ balance: 0, queued: 0 });
  });

  const overloads = vectorSets('simulation/codel-overload.json', OVERLOAD);
  it.each(overloads)('reproduces every published drop instant, $set', ({ file: vector }) => {
    const line = overload(vector.scenario.lastBeforeNs);
    line.run();
    const drops = line.drops.map(({ at, number }) => [at, number]);
    expect(drops.slice(0, vector.drops.length)).toEqual(vector.drops);
    expect(line.only.offered).toBe(vector.sent);
    expect(drops).toHaveLength(vector.dropped);
    expect(line.arrivals).toHaveLength(vector.forwarded);
  });
});

describe('token bucket (docs/spec/link-model.md#queues-and-rate-limits)', () => {
  const bucket = { rateBytesPerSecond: 1_000_000, burstBytes: 10_000 };
  const rateBps = Number.POSITIVE_INFINITY;
  const queue = { kind: 'drop-tail' } as const;

  it('shapes: the first 10 at once, packet k at (k - 10) ms (check 12)', () => {
    const tokenBucket = { ...bucket, mode: 'shape' } as const;
    const line = new Line([{ rateBps, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    line.offer(...Array.from({ length: 100 }, () => 1_000));
    line.run();
    const expected = Array.from({ length: 100 }, (_, i) => Math.max(0, i - 9) * MS);
    expect(line.arrivalTimes).toEqual(expected);
  });

  it('shapes: a full bucket lets a burst through again after idleness', () => {
    const tokenBucket = { ...bucket, mode: 'shape' } as const;
    const line = new Line([{ rateBps, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    line.offer(...Array.from({ length: 10 }, () => 1_000));
    line.at(100 * MS, () => line.offer(...Array.from({ length: 11 }, () => 1_000)));
    line.run();
    expect(line.arrivalTimes.slice(10)).toEqual([...Array(10).fill(100 * MS), 101 * MS]);
  });

  it('polices: what exceeds it is dropped as policed', () => {
    const tokenBucket = { ...bucket, mode: 'police' } as const;
    const line = new Line([{ rateBps, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    line.offer(...Array.from({ length: 12 }, () => 1_000));
    line.at(1 * MS, () => line.offer(1_000));
    line.run();
    expect(line.drops.map(({ number, reason }) => [number, reason])).toEqual([
      [10, 'policed'],
      [11, 'policed'],
    ]);
    expect(line.arrivalNumbers.at(-1)).toBe(12);
  });

  it.each([{ kind: 'drop-tail' }, { kind: 'codel', maxPacketBytes: 1_000 }] as const)(
    'polices a packet once, whether or not it waits in a queue: %o',
    (waits) => {
      const tokenBucket = { ...bucket, burstBytes: 2_000, mode: 'police' } as const;
      // Pairs of packets fit the bucket every 2 ms; the second of each waits for the first.
      const line = new Line([{ rateBps: 16e6, delayNs: 0, mtu: 1_500, queue: waits, tokenBucket }]);
      for (let pair = 0; pair < 50; pair += 1)
        line.at(2 * MS * pair, () => line.offer(1_000, 1_000));
      line.run();
      expect([line.drops, line.arrivals.length]).toEqual([[], 100]);
    },
  );

  it('never lets more than burst + rate * time pass', () => {
    const tokenBucket = { rateBytesPerSecond: 333_333, burstBytes: 3_000, mode: 'shape' } as const;
    const line = new Line([{ rateBps, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    for (let i = 0; i < 300; i += 1)
      line.at(i * 1_777_777, () => line.offer(100 + ((i * 37) % 900)));
    line.run();
    const { arrivals } = line;
    for (let from = 0; from < arrivals.length; from += 7) {
      let bytes = 0;
      for (const { at, bytes: packet } of arrivals.slice(from)) {
        bytes += packet.length;
        const allowed = 3_000 + ((at - arrivals[from]!.at) * 333_333) / 1e9;
        expect(bytes - allowed).toBeLessThanOrEqual(1);
      }
    }
  });

  it('works together with the rate of the transmitter', () => {
    const tokenBucket = { ...bucket, mode: 'shape' } as const;
    const line = new Line([{ rateBps: 80_000_000, delayNs: 0, mtu: 1_500, queue, tokenBucket }]);
    line.offer(...Array.from({ length: 20 }, () => 1_000));
    line.run();
    expect(line.arrivalTimes[0]).toBe(100_000);
    expect(line.arrivalTimes.at(-1)).toBe(10 * MS + 100_000);
  });
});
