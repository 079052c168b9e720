/**
 * A mixnet under load in virtual time: limits of a node, floods, queues that fill up, and the
 * traffic carried below saturation.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { CpuProfile } from '../../../../engine/net/cpu-profile.ts';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { PACKET_PORT } from '../../../../nodes/mixnet/geometry.ts';
import { NodeRateLimiter } from '../../../../nodes/mixnet/limit.ts';
import { QueueWatch } from '../../../../nodes/mixnet/mix/queue-watch.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';
import type { CpuChoice } from '../../../../scenarios/model.ts';
import { load, MS, prepare, ratio, report, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const CALM: Overrides = {
  crypto: 'modelled',
  duration: '20s',
  warmup: '3s',
  'topology.generate.clients': '6',
  'topology.generate.width': '1',
  'topology.generate.providers': '1',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 200ms }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 2/s, size: 200B, stop: 15s }]',
};

describe('the limit of a node', () => {
  const options = (limit: object): ReturnType<typeof mixnetConfig.parse> =>
    mixnetConfig.parse({ role: 'mix', limit });

  it('R-179: is 25,000/s with 1,000 at once unless the file says otherwise, with shaping', () => {
    expect(options({}).limit).toEqual({ rate: 40_000, burst: 1_000, shaping: true });
    expect(options({ rate: '500/s', burst: 3, shaping: false }).limit).toEqual({
      rate: 2 * MS,
      burst: 3,
      shaping: false,
    });
    const threshold = { role: 'mix', limit: {}, mixing: { strategy: 'threshold' } };
    expect(mixnetConfig.safeParse(threshold).error?.issues[0]?.message).toContain('obeys delays');
  });

  it('R-179: drops beyond the burst without shaping, and makes wait with it', () => {
    const hard = new NodeRateLimiter({ rate: 2 * MS, burst: 3, shaping: false });
    expect([0, 0, 0, 0, 2 * MS].map((at) => hard.refuses(at))).toEqual([
      ...[false, false, false, true, false],
    ]);
    expect(hard.waitNs(0)).toBe(0);
    const shaped = new NodeRateLimiter({ rate: 2 * MS, burst: 3, shaping: true });
    expect(shaped.refuses(0)).toBe(false);
    const waits = [0, 0, 0, 0, 0, 2 * MS].map((at) => shaped.waitNs(at));
    expect(waits).toEqual([0, 0, 0, 2 * MS, 4 * MS, 4 * MS]);
  });

  it('R-179: keeps what a mix sends at its rate, and names what it drops', () => {
    // 6 clients with loops and drops over three hops send about 36 packets/s through each mix.
    const tight = { 'options.mix-2-1.limit': '{ rate: 10/s, burst: 5, shaping: false }' };
    const dropped = run(load('mixnet.yaml', { ...CALM, ...tight }));
    expect(dropped.nodeDrops['rate-limited']).toBeGreaterThan(200);
    const paced = { 'options.mix-2-1.limit': '{ rate: 10/s, burst: 5 }' };
    const prepared = prepare(load('mixnet.yaml', { ...CALM, ...paced }));
    const forwarded = (): number =>
      (prepared.world.metrics('mix-2-1')['mix.forwarded'] as { readonly value: number }).value;
    prepared.world.sim.runUntil(8 * SECOND);
    const before = forwarded();
    prepared.world.sim.runUntil(18 * SECOND);
    expect(Math.abs(forwarded() - before - 100)).toBeLessThanOrEqual(8);
    expect(prepared.world.nodeDrops()['rate-limited']).toBeUndefined();
  });
});

describe('the watch over retrievals', () => {
  // Client-2 gets 2.25/s: messages at 2/s with their acknowledgements at the sender, and a loop
  // every 4 s.
  const slowly = (interval: string): readonly string[] =>
    run(
      load('mixnet.yaml', {
        ...CALM,
        'options.mixnet.spool.batch': '1',
        'options.mixnet.client.retrieve.interval': interval,
      }),
    ).warnings.filter((text) => text.includes('retrieves'));

  it('warns in the report when a client retrieves less than arrives, once for each provider', () => {
    const [first, ...others] = slowly('1s');
    expect(first).toMatch(/^provider-1: client-[12] retrieves 1\/s, [2-3](\.\d)?\/s arrive \(over/);
    expect(others).toEqual([]);
  });

  it('says nothing where it retrieves a little more', () => {
    expect(slowly('350ms')).toEqual([]);
  });
});

describe('the queue of a mix', () => {
  it('R-176: holds 10,000 packets unless the file says otherwise, and as many tags for the disk', () => {
    const { queue, mixing, replay } = mixnetConfig.parse({ role: 'mix' });
    expect([queue, mixing.queueLimit, replay.pendingMax]).toEqual([10_000, 10_000, 10_000]);
  });

  it.each([2, 4])(
    'R-176: of %i is never longer, is filled, and counts each drop by name',
    (queue) => {
      // 36 packets/s that stay for 50 ms are 1.8 at a time. Loops of the mix itself would end here
      // too, so they are off.
      const { world, experiment } = prepare(
        load('mixnet.yaml', {
          ...CALM,
          warmup: '0s',
          'options.mix-2-1.queue': String(queue),
          'options.mixnet.rates.mixLoop': '0/s',
        }),
      );
      const value = (metric: string): number =>
        (world.metrics('mix-2-1')[metric] as { readonly value: number } | undefined)?.value ?? 0;
      const waiting = (): number => experiment.node('mix-2-1')?.status?.()['waiting'] as number;
      let longest = 0;
      while (world.now() < 18 * SECOND) {
        world.sim.runUntil(world.now() + 2 * MS);
        longest = Math.max(longest, waiting());
      }
      expect(longest).toBe(queue);
      expect(world.nodeDrops()['queue-full']).toBeGreaterThan(5);
      expect(value('mix.dropped')).toBe(world.nodeDrops()['queue-full']);
      expect(value('mix.received')).toBe(value('mix.forwarded') + value('mix.dropped') + waiting());
    },
  );
});

describe('the watch over the queue', () => {
  it('R-193: warns once when rate times mean delay exceeds 70 % of the queue', () => {
    const look = (perSecond: number, meanMs: number): string[] => {
      const watch = new QueueWatch(10_000);
      watch.setMean(meanMs * MS);
      const step = SECOND / perSecond;
      return Array.from({ length: perSecond }, (_, at) => watch.arrived((at + 1) * step)).flatMap(
        (text) => text ?? [],
      );
    };
    expect(look(25_000, 50)).toEqual([]);
    expect(look(25_000, 279)).toEqual([]);
    const expected = expect.stringMatching(
      /^25000\/s with a mean delay of 281 ms are 7025 packets held: more than 70 % of the queue of 10000$/,
    );
    expect(look(25_000, 281)).toEqual([expected]);
  });

  it('R-193: the warning stands in the report, with the node that gave it', () => {
    const scenario = load('mixnet.yaml', { ...CALM, 'options.mix-2-1.queue': '2' });
    const { warnings } = report(scenario, [run(scenario)]);
    const texts = warnings.map(({ text }) => text).filter((text) => text.includes('mean delay'));
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^mix-2-1: .* more than 70 % of the queue of 2$/);
  });
});

/**
 * A profile in which X25519 limits a provider to a thousand packets per second, and everything else
 * is free.
 */
const PROFILE: CpuProfile = { name: 'test', crypto: { x25519: { ns: 500_000 } } };
const CPU: CpuChoice = {
  profile: PROFILE,
  receiveBuffer: [],
  machines: 'topology',
  file: 'none',
  sha256: '',
  cpuModel: 'test',
  date: '2026-11-20',
};

/** Jain's index: 1 if all shares are equal, 1/n if one client has everything. */
function jain(shares: readonly number[]): number {
  const sum = shares.reduce((all, one) => all + one, 0);
  const squares = shares.reduce((all, one) => all + one * one, 0);
  return sum === 0 ? 0 : (sum * sum) / (shares.length * squares);
}

/** Sends copies of a packet of `client-1` to its provider at a given rate until a given time. */
function flood({ world }: PreparedRun, perMs: number, endNs: number): void {
  const link = 'client-1--provider-1';
  let genuine: Uint8Array | undefined;
  world.link(link).tap('forward', ({ bytes, offset, length }) => {
    if (length > 3_000) genuine = bytes.slice(offset, offset + length);
    return true;
  });
  world.sim.runUntil(4 * SECOND);
  const [direction] = world.sim.link(link).directions('forward');
  const { hosts } = load('mixnet.yaml', CALM).topology;
  const at = (name: string): number => {
    const { address } = hosts.find((host) => host.name === name)!;
    return world.sim.endpoints.intern(address, PACKET_PORT);
  };
  const [from, to] = [at('client-1'), at('provider-1')];
  while (world.now() < endNs) {
    for (let sent = 0; sent < perMs; sent += 1) {
      const buffer = genuine!.slice();
      world.sim.network.inject(direction!, { buffer, offset: 0, length: buffer.length, from, to });
    }
    world.sim.runUntil(world.now() + MS);
  }
}

describe('a flood of one client, at five times what its provider can compute', () => {
  const CLIENTS = 12;
  const flows = Array.from(
    { length: CLIENTS },
    (_, index) =>
      `{ from: client-${index + 1}, to: client-${((index + 1) % CLIENTS) + 1}, kind: constant, rate: 1/s, size: 100B, start: 4s, stop: 7500ms }`,
  );
  const scenario = (limited: boolean): ReturnType<typeof load> => ({
    ...load('mixnet.yaml', {
      ...CALM,
      crypto: 'node',
      duration: '11s',
      'topology.generate.clients': String(CLIENTS),
      'options.mixnet.rateLimit.enabled': String(limited),
      'options.mixnet.rates.payload': '{ mean: 300ms }',
      'options.mixnet.rates.loop': '0/s',
      'options.mixnet.rates.drop': '0/s',
      'options.mixnet.client.acknowledgements.enabled': 'false',
      traffic: `[${flows.join(', ')}]`,
    }),
    cpu: CPU,
  });
  const delivered = (limited: boolean): readonly number[] => {
    const prepared = prepare(scenario(limited));
    flood(prepared, 5, 8 * SECOND);
    prepared.world.sim.runUntil(11 * SECOND);
    return prepared.experiment.flows.map(({ meter }) => meter.deliveredCount);
  };

  it('R-198: leaves the others their messages: Jain index of all clients at least 0.9', () => {
    const counts = delivered(true);
    expect(counts.slice(1)).toEqual(new Array(CLIENTS - 1).fill(3));
    expect(jain(counts)).toBeGreaterThanOrEqual(0.9);
  });

  it('starves them without the buckets', () => {
    const counts = delivered(false);
    const sum = counts.slice(1).reduce((all, one) => all + one, 0);
    expect(sum).toBeLessThan(0.7 * 3 * (CLIENTS - 1));
  });
});

describe('a mixnet below saturation', () => {
  it('R-174, R-175: drops less than 0.1 % and takes its buffers from the pool', () => {
    // 20 clients at 40/s send 800 packets/s through a mix that can process 1,000.
    const result = run({
      ...load('mixnet.yaml', {
        ...CALM,
        duration: '6s',
        'topology.generate.clients': '20',
        'options.mixnet.rates.drop': '38/s',
      }),
      cpu: { ...CPU, profile: { name: 'test', handlers: { mixnet: { datagram: { ns: MS } } } } },
    });
    const drops = ratio(result, 'mix.drop_ratio');
    expect(drops.denominator).toBeGreaterThan(5_000);
    expect(drops.numerator / drops.denominator).toBeLessThan(0.001);
    const hits = ratio(result, 'mix.pool.hit_ratio');
    expect(hits.numerator / hits.denominator).toBeGreaterThan(0.85);
  });
});
