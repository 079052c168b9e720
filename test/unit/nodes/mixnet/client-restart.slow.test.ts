/**
 * Clients that crash under traffic: their record of delivered messages is on disk, limited in size,
 * and erased when no sender can repeat a message any more.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../engine/host/store.ts';
import { DurableDeliveredLog } from '../../../../nodes/mixnet/client/index.ts';
import { load, prepare, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

/** Two clients, one message every half second, and six crashes of the receiver. */
const CRASHES: Overrides = {
  crypto: 'modelled',
  duration: '50s',
  warmup: '3s',
  'topology.generate.clients': '4',
  'topology.generate.width': '2',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 200ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 3/s, size: 200B, stop: 32s }]',
  events: '[{ every: 4s, from: 6s, for: 400ms, crash: client-2 }]',
};
const crashes = (more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...CRASHES, ...more });

const duplicates = (more: Overrides, seed: number): number => {
  const { 'mixnet.duplicates': data } = run(crashes(more), seed).metrics;
  return data?.kind === 'counter' ? data.value : Number.NaN;
};

describe('a client that restarts', () => {
  it.each(['synced', 'prefix', 'torn'])(
    'delivers no message a second time, with a store that was %s',
    (store) => {
      const events = `[{ every: 4s, from: 6s, for: 400ms, crash: client-2, store: ${store} }]`;
      expect([1, 2, 3].map((seed) => duplicates({ events }, seed))).toEqual([0, 0, 0]);
    },
  );

  it('delivered half of them twice when it forgot, and the count says so', () => {
    const forgot = duplicates({ 'options.mixnet.client.double': 'forgetful' }, 1);
    expect(forgot).toBeGreaterThan(5);
  });

  it('acknowledges again what it knows, so that its sender stops to repeat it', () => {
    const { world, experiment } = prepare(crashes());
    world.sim.runUntil(50 * SECOND);
    const status = experiment.node('client-1')?.status?.();
    expect(status?.['counts']).toMatchObject({ messages: { abandoned: 0, open: 0 } });
  });
});

describe('without acknowledgements', () => {
  const off = { 'options.mixnet.client.acknowledgements.enabled': 'false' };

  it('nothing is counted as acknowledged: that metric is absent, however many messages were sent', () => {
    const lossy = { ...off, 'options.mixnet.double': 'lossy' };
    const prepared = prepare(crashes(lossy));
    prepared.world.sim.runUntil(40 * SECOND);
    const status = prepared.experiment.node('client-1')?.status?.();
    expect(status?.['counts']).toMatchObject({
      messages: { acknowledged: 0, abandoned: 0, sent: expect.any(Number) },
    });
    expect(prepared.world.metrics('client-1')).not.toHaveProperty(['mix.messages.acknowledged']);
  });

  it('and with them it is there', () => {
    expect(run(crashes()).metrics).toHaveProperty(['mix.messages.acknowledged']);
  });
});

/** Stores in memory that survive a restart of the log. */
function stores(): { readonly all: Map<string, Uint8Array[]>; open(name: string): Store } {
  const all = new Map<string, Uint8Array[]>();
  const open = (name: string): Store => {
    const records = all.get(name) ?? [];
    all.set(name, records);
    return {
      append: (record) => void records.push(record.slice()),
      replay: (visit): void => {
        for (const record of [...records]) visit(record);
      },
      truncate: () => void records.splice(0),
      put: () => undefined,
      get: () => undefined,
      keys: () => [],
      delete: () => undefined,
      sync: (done) => done(),
    };
  };
  return { all, open };
}

describe('the memory of delivered messages', () => {
  const name = (number: number): string => number.toString(16).padStart(96, '0');
  const made = (nowNs: () => number, disk: ReturnType<typeof stores>): DurableDeliveredLog =>
    new DurableDeliveredLog({
      store: disk.open,
      clock: {
        lengthNs: 100 * SECOND,
        now: () => {
          const elapsedNs = nowNs() % (100 * SECOND);
          return {
            epoch: Math.floor(nowNs() / (100 * SECOND)),
            elapsedNs,
            remainingNs: 100 * SECOND - elapsedNs,
          };
        },
      },
      rememberNs: 250 * SECOND,
    });
  const known = (now: number, disk: ReturnType<typeof stores>): readonly string[] =>
    made(() => now, disk)
      .reload(now)
      .map((each) => each.name);
  const records = (disk: ReturnType<typeof stores>): number =>
    [...disk.all.values()].reduce((sum, each) => sum + each.length, 0);

  it('is kept as long as a sender may repeat a message, and no shorter', () => {
    let now = 150 * SECOND;
    const disk = stores();
    made(() => now, disk).add(name(7), () => undefined);
    now = 399 * SECOND;
    expect(known(now, disk)).toEqual([name(7)]);
  });

  it('ends with its period: nothing of it is on disk then', () => {
    let now = 150 * SECOND;
    const disk = stores();
    const log = made(() => now, disk);
    log.add(name(7), () => undefined);
    // The period of 100 s ends at 200 s, and its last message may be repeated until 450 s.
    now = 449 * SECOND;
    log.expire(now);
    expect(records(disk)).toBe(1);
    now = 450 * SECOND;
    log.expire(now);
    expect(records(disk)).toBe(0);
    expect(known(now, disk)).toEqual([]);
  });

  it('is erased after a restart that came late, too', () => {
    let now = 150 * SECOND;
    const disk = stores();
    made(() => now, disk).add(name(7), () => undefined);
    now = 5_000 * SECOND;
    expect(known(now, disk)).toEqual([]);
    expect(records(disk)).toBe(0);
  });

  it('takes a fixed number of stores, however many epochs pass', () => {
    let now = 0;
    const disk = stores();
    const log = made(() => now, disk);
    for (let at = 0; at < 100; at += 1) {
      now = at * 100 * SECOND;
      log.expire(now);
      log.add(name(at), () => undefined);
    }
    expect(disk.all.size).toBe(6);
    expect(records(disk)).toBeLessThanOrEqual(4);
  });
});
