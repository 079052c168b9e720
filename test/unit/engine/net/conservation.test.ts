import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkDirectionSpec, LossSpec } from '../../../../engine/net/link-spec.ts';
import { Line } from './network-fixture.ts';
import { collect, makePair, sender } from './world-fixture.ts';

const MS = 1_000_000;
const RUNS = 60;

const lossSpec: fc.Arbitrary<LossSpec> = fc.oneof(
  fc.record({
    kind: fc.constant('bernoulli' as const),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant('burst' as const),
    probability: fc.double({ min: 0, max: 0.5, noNaN: true }),
    meanBurst: fc.double({ min: 1, max: 20, noNaN: true }),
  }),
);

const spec: fc.Arbitrary<LinkDirectionSpec> = fc.record(
  {
    rateBps: fc.constantFrom(8_000_000, 7_000_000, 100_000_000, Number.POSITIVE_INFINITY),
    delayNs: fc.nat(5 * MS),
    queue: fc.constantFrom(
      { kind: 'drop-tail', limitPackets: 3 } as const,
      { kind: 'drop-tail', limitBytes: 4_000 } as const,
      {
        kind: 'codel',
        maxPacketBytes: 1_000,
        limitPackets: 20,
        targetNs: MS,
        intervalNs: 5 * MS,
      } as const,
      { kind: 'priority', classes: [{ limitPackets: 2 }, { limitPackets: 4 }] } as const,
    ),
    mtu: fc.constant(1_400),
    tokenBucket: fc.constantFrom(
      { rateBytesPerSecond: 500_000, burstBytes: 3_000, mode: 'shape' } as const,
      { rateBytesPerSecond: 500_000, burstBytes: 3_000, mode: 'police' } as const,
    ),
    loss: lossSpec,
    corrupt: fc.record({ probability: fc.constantFrom(0.1, 1), bits: fc.constantFrom(1, 4) }),
    duplicate: fc.constantFrom(0, 0.3, 1),
    jitter: fc.constant({ kind: 'uniform', halfWidthNs: 2 * MS } as const),
    reorder: fc.constantFrom(false, true, { probability: 0.2, gap: 2 }),
    inFlight: fc.constantFrom('lost', 'delivered'),
    contacts: fc.constantFrom(
      { windows: [{ startNs: 2 * MS, endNs: 20 * MS }], periodNs: 30 * MS },
      { windows: [{ startNs: 0, endNs: 25 * MS }], outside: 'drop' } as const,
      {
        windows: [{ startNs: 2 * MS, endNs: 9 * MS }],
        periodNs: 10 * MS,
        atEnd: 'drop',
        actual: [{ plannedStartNs: 12 * MS, endNs: 15 * MS }],
      } as const,
    ),
  },
  { requiredKeys: ['rateBps', 'delayNs'] },
);

type Step = readonly [action: number, atNs: number, size: number];
const steps: fc.Arbitrary<Step[]> = fc.array(fc.tuple(fc.nat(24), fc.nat(80 * MS), fc.nat(1_500)), {
  minLength: 20,
  maxLength: 120,
});

/** Applies an action to a direction; any action that is not listed offers a packet. */
function act(line: Line, specs: readonly LinkDirectionSpec[], [action, , size]: Step): void {
  const { only } = line;
  switch (action) {
    case 0:
      only.addDown();
      line.network.scheduler.after(2 * MS, () => only.removeDown());
      return;
    case 1:
      only.addPartition();
      line.network.scheduler.after(2 * MS, () => only.removePartition());
      return;
    case 2:
      only.senderDown();
      only.receiverDown();
      line.network.scheduler.after(3 * MS, () => {
        only.senderUp();
        only.receiverUp();
      });
      return;
    case 3:
      only.hold();
      line.network.scheduler.after(4 * MS, () => only.release((kept) => kept.toReversed()));
      return;
    case 4:
      only.apply(specs[size % specs.length]!, size % 2 === 0 ? 'finish' : 'rescale');
      return;
    case 5:
      only.setQueueLimit(size % 4);
      return;
    case 6:
      line.network.inject(only, {
        buffer: new Uint8Array(size),
        offset: 0,
        length: size,
        from: 0,
        to: 0,
      });
      return;
    default:
      line.offerWith(size, action > 20 ? 48 : 0);
  }
}

describe('conservation (docs/spec/link-model.md#changes-while-packets-are-under-way, check 16)', () => {
  it('holds after every event under all impairments, cuts, crashes, holds and changes', () => {
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 4 }),
        steps,
        fc.nat(),
        (specs, plan, seed) => {
          const line = new Line([specs[0]!], seed);
          // The queue discipline is fixed at the start; a change does not replace it.
          const changes = specs.map((other) => ({ ...other, queue: specs[0]!.queue! }));
          for (const step of plan) line.at(step[1], () => act(line, changes, step));
          while (line.network.scheduler.step()) {
            if (line.now > 1_000 * MS) break;
            expect(line.only.conservation().balance).toBe(0);
          }
          const { queued, inPipe, inSerialisation, delivered } = line.only.conservation();
          expect(line.network.table.liveCount).toBe(queued + inPipe + inSerialisation);
          expect(line.arrivals).toHaveLength(delivered);
        },
      ),
      { numRuns: RUNS, seed: 16 },
    );
  }, 60_000);

  it('holds through hosts, sockets, crash and restart, and the pool stays flat', () => {
    const { world, a, b } = makePair({
      rateBps: 8_000_000,
      delayNs: 5 * MS,
      loss: { kind: 'burst', probability: 0.1, meanBurst: 2 },
      duplicate: 0.1,
      queue: { kind: 'drop-tail', limitPackets: 5 },
    });
    collect(b, 7);
    const send = sender(a, { host: b, port: 7 });
    for (let i = 0; i < 2_000; i += 1)
      world.scheduler.after(i * 400_000, () => send(new Uint8Array(500)));
    world.scheduler.scheduleFault(100 * MS, () => world.crash('b'));
    world.scheduler.scheduleFault(200 * MS, () => {
      world.restart('b');
      collect(b, 7);
    });
    world.runUntil(300 * MS);
    const bytes = world.network.pool.allocatedBytes;
    expect(world.network.imbalance()).toBeUndefined();
    world.runUntil(1_000 * MS);
    expect(world.network.pool.allocatedBytes).toBe(bytes);
    expect(world.network.imbalance()).toBeUndefined();
    expect(world.network.table.liveCount).toBe(0);
    expect(Object.keys(world.network.dropsByReason())).toEqual(['queue-full', 'loss', 'node-down']);
  });

  it('names the direction that does not add up', () => {
    const line = new Line([{ rateBps: 8_000_000, delayNs: 0 }]);
    line.offer(10);
    line.only.offered += 1;
    expect(line.network.imbalance()).toContain('link l0 0->1 is off by 1 packets');
  });

  it('does not grow the heap per packet after warm-up', () => {
    const line = new Line([{ rateBps: 1_000_000_000, delayNs: MS }]);
    const batch = (): void => {
      for (let i = 0; i < 2_000; i += 1) line.at(line.now + i * 20_000, () => line.offer(500));
      line.run();
      line.arrivals.length = 0;
    };
    batch();
    const { capacity } = line.network.table;
    const bytes = line.network.pool.allocatedBytes;
    for (let i = 0; i < 5; i += 1) batch();
    expect(line.network.table.capacity).toBe(capacity);
    expect(line.network.pool.allocatedBytes).toBe(bytes);
  });
});
