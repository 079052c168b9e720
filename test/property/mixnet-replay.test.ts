/**
 * The log of replay tags is cut at every byte, then every packet that was ever sent arrives again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DurableTagGuard } from '../../nodes/mixnet/replay/index.ts';
import { ByteStore, filterOf, tagOf } from '../unit/nodes/mixnet/replay/support.ts';

/** A packet that arrives, and what the disk does at that moment. */
interface Step {
  readonly packet: number;
  readonly disk: 'waits' | 'settles' | 'fails' | 'syncs silently';
}

const PACKETS = 12;
const step: fc.Arbitrary<Step> = fc.record({
  packet: fc.nat(PACKETS - 1),
  disk: fc.oneof(
    { weight: 5, arbitrary: fc.constant('waits' as const) },
    { weight: 4, arbitrary: fc.constant('settles' as const) },
    { weight: 1, arbitrary: fc.constant('fails' as const) },
    { weight: 1, arbitrary: fc.constant('syncs silently' as const) },
  ),
});

let filterSeed = 0;
const start = (store: ByteStore): DurableTagGuard => {
  filterSeed += 1;
  const filter = filterOf({ expectedTags: 64 }, filterSeed % 16);
  return new DurableTagGuard({ filter, store, pendingMax: 1_000 });
};

/**
 * Processes an arriving packet. The test fails if a packet is forwarded that was forwarded before,
 * even before a restart.
 */
function come(guard: DurableTagGuard, packet: number, went: Set<number>): string | undefined {
  return guard.enter(tagOf(packet), (error) => {
    if (error !== undefined) return;
    if (went.has(packet)) expect.fail(`packet ${packet} went twice`);
    went.add(packet);
  });
}

function act(store: ByteStore, disk: Step['disk']): void {
  if (disk === 'settles') store.settleOnce();
  if (disk === 'fails') store.settleOnce('disk error');
  if (disk === 'syncs silently') store.syncSilently();
}

/** Restarts from every cut and sends every earlier packet again. */
function checkCuts(store: ByteStore, sent: ReadonlySet<number>, went: ReadonlySet<number>): number {
  let cuts = 0;
  for (let bytes = store.durable; bytes <= store.written; bytes++, cuts++) {
    const after = store.crash(bytes);
    const guard = start(after);
    const wentNow = new Set(went);
    for (const packet of sent) come(guard, packet, wentNow);
    // A packet that was never sent must be accepted after every cut.
    if (come(guard, PACKETS, wentNow) !== undefined) expect.fail('a new packet was refused');
    after.settle();
  }
  return cuts;
}

describe('replay protection over crashes', () => {
  it('R-186: lets no packet go twice, whatever byte of the log a crash cuts at', () => {
    let cuts = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 16 }), (steps) => {
        const store = new ByteStore();
        const guard = start(store);
        const sent = new Set<number>();
        const went = new Set<number>();
        for (const { packet, disk } of steps) {
          sent.add(packet);
          come(guard, packet, went);
          cuts += checkCuts(store, sent, went);
          act(store, disk);
        }
        cuts += checkCuts(store, sent, went);
      }),
      { numRuns: 60 },
    );
    expect(cuts).toBeGreaterThan(5_000);
  });

  it('R-186: lets no packet go twice over many crashes in a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(step, { maxLength: 12 }), fc.nat(1_000)), { maxLength: 10 }),
        (lives) => {
          const went = new Set<number>();
          let store = new ByteStore();
          for (const [steps, cut] of lives) {
            const guard = start(store);
            for (const { packet, disk } of steps) {
              come(guard, packet, went);
              act(store, disk);
            }
            store = store.crash(store.durable + (cut % (store.written - store.durable + 1)));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
