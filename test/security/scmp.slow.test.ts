/**
 * What forged SCMP messages can do to the paths of a gateway. In the past, they counted together
 * with earlier losses: 1 % of loss and five messages a second kept the best path dead.
 */
import { describe, expect, it } from 'vitest';
import { SentFrameMarks } from '../../nodes/gateway/underlay/sent-frame-marks.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { type ForgedScmp, forgeScmp } from '../unit/nodes/gateway/forged-scmp.ts';
import { load, MS, prepare, SECOND } from '../unit/runner/fixture.ts';

const PAIR = ['gateway-111', 'gateway-211'] as const;
const CALM = {
  duration: '12s',
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '200/s',
  events: '[]',
};
const scenario = load('failover.yaml', CALM);

const CORE = '1-ff00:0:110';

/** Records the packets that the gateway sends to one of its routers, newest last. */
function wiretap({ world }: PreparedRun, link: string): readonly Uint8Array[] {
  const seen: Uint8Array[] = [];
  for (const side of ['forward', 'backward'] as const) {
    world.link(link).tap(side, ({ bytes, offset, length }) => {
      // In these header bytes, the ASes of a packet from the gateway start with the target and end
      // with its own.
      const isOut = String(bytes.subarray(offset + 20, offset + 28)) === OURS;
      if (isOut) seen.push(bytes.slice(offset, offset + length));
      return true;
    });
  }
  return seen;
}
const OURS = String(Uint8Array.of(0, 1, 0xff, 0, 0, 0, 0x01, 0x11));

/** Loses every probe and packet on the best path for a moment. */
function hiccup({ world }: PreparedRun, forNs: number): void {
  const undo = world.link('core-110--core-310').change({ up: false }, 'both');
  world.at(world.now() + forNs, undo);
}

/**
 * Attacks ten times in five seconds, each time next to a loss; returns what happened to the path.
 */
function attack(make: (seen: readonly Uint8Array[], nowNs: number) => ForgedScmp | undefined): {
  readonly isMoved: boolean;
  readonly deaths: number;
  readonly drops: Readonly<Record<string, number>>;
} {
  const prepared = prepare(scenario);
  const { world, experiment } = prepared;
  const seen = wiretap(prepared, 'gateway-111--br-111-1');
  world.sim.runUntil(5 * SECOND);
  const before = experiment.activePath(...PAIR);
  expect(before).toContain('core-110--core-310');
  for (let at = 5 * SECOND; at < 10 * SECOND; at += 500 * MS) {
    hiccup(prepared, 30 * MS);
    world.sim.runUntil(at + 100 * MS);
    const forged = make(seen, world.now());
    if (forged !== undefined) forgeScmp(prepared, forged);
    world.sim.runUntil(at + 500 * MS);
  }
  const deaths = world.metrics('gateway-111')['gateway.path_deaths'];
  return {
    isMoved: String(experiment.activePath(...PAIR)) !== String(before),
    deaths: deaths !== undefined && 'value' in deaths ? deaths.value : -1,
    drops: world.nodeDrops(),
  };
}

describe('a forged message that an interface is down', () => {
  it('moves nothing without a quote, or with one that was made up', () => {
    const empty = { from: CORE, about: CORE, ifId: 2, quote: new Uint8Array(0) };
    expect(attack(() => empty)).toMatchObject({ isMoved: false, deaths: 0 });
    const junk = { ...empty, quote: new Uint8Array(600).fill(30) };
    const { isMoved, drops } = attack(() => junk);
    expect([isMoved, drops['scmp-quote']]).toEqual([false, 10]);
  });

  it('moves nothing with a genuine packet of more than a second ago', () => {
    let old: Uint8Array | undefined;
    const { isMoved, deaths, drops } = attack((seen) => {
      old ??= seen.at(-1);
      return old && { from: CORE, about: CORE, ifId: 2, quote: old };
    });
    // The first two were sent while the quoted packet was recent, so they are believed, but no
    // probe is missed afterwards.
    expect(isMoved).toBe(false);
    expect(deaths).toBe(0);
    expect(drops['scmp-quote']).toBeGreaterThanOrEqual(7);
  });

  it('moves nothing from another AS than the one whose interface it names', () => {
    const { isMoved, deaths, drops } = attack((seen) => {
      const quote = seen.at(-1);
      return quote && { from: '1-ff00:0:111', about: CORE, ifId: 2, quote };
    });
    expect([isMoved, deaths, drops['scmp-source']]).toEqual([false, 0, 10]);
  });

  it('moves nothing from somebody on the path, when what was lost was lost before', () => {
    const { isMoved, deaths, drops } = attack((seen) => {
      const quote = seen.at(-1);
      return quote && { from: CORE, about: CORE, ifId: 2, quote };
    });
    expect([isMoved, deaths]).toEqual([false, 0]);
    expect(drops['scmp-quote'] ?? 0).toBe(0);
  });
});

describe('somebody on the path who quotes at the instant of a miss', () => {
  interface Told {
    readonly peers: readonly { readonly paths: readonly { role: string; loss: number }[] }[];
  }

  /** Messages that arrived between a missed probe and the next answer, and their effect. */
  function quoteMisses(options: Readonly<Record<string, string>>): {
    readonly came: number;
    readonly deaths: number;
  } {
    const prepared = prepare(load('failover.yaml', { ...CALM, ...options }));
    const { world, experiment } = prepared;
    const seen = wiretap(prepared, 'gateway-111--br-111-1');
    const lossInUse = (): number => {
      const told = experiment.node('gateway-111')?.status?.() as Told | undefined;
      return told?.peers[0]?.paths.find(({ role }) => role === 'active')?.loss ?? -1;
    };
    let came = 0;
    // In each round, at another phase of the probes, which leave every 50 ms.
    for (let at = 5 * SECOND; at < 10 * SECOND; at += 310 * MS) {
      world.sim.runUntil(at);
      const before = lossInUse();
      // Of the probes sent every 50 ms, at most one is lost, together with those on the link.
      hiccup(prepared, 10 * MS);
      for (let ms = 0; ms < 100 && lossInUse() <= before; ms += 1)
        world.sim.runUntil(world.now() + MS);
      const quote = seen.at(-1);
      if (lossInUse() <= before || quote === undefined) continue;
      forgeScmp(prepared, { from: CORE, about: CORE, ifId: 2, quote });
      came += 1;
    }
    world.sim.runUntil(11 * SECOND);
    const deaths = world.metrics('gateway-111')['gateway.path_deaths'];
    return { came, deaths: deaths !== undefined && 'value' in deaths ? deaths.value : -1 };
  }

  it('moves nothing: the miss must come after the message', () => {
    const { came, deaths } = quoteMisses({});
    expect(came).toBeGreaterThanOrEqual(5);
    expect(deaths).toBe(0);
  });

  it('has a path given up by the double that counts earlier misses', () => {
    const { deaths } = quoteMisses({ 'options.gateway.multipath.scmp': 'trusting' });
    expect(deaths).toBeGreaterThanOrEqual(1);
  });
});

describe('somebody who reads our packets and quotes them, five times a second for a minute', () => {
  it.each([
    ['1%', 3, 12],
    ['0%', 0, 0],
  ])(
    'with a loss of %s on each way: %i to %i paths are given up, as LIMITATIONS says',
    (loss, least, most) => {
      const prepared = prepare(
        load('failover.yaml', {
          duration: '70s',
          warmup: '3s',
          'traffic.0.kind': 'constant',
          'traffic.0.rate': '200/s',
          events: `[{ at: 3s, link: "br-111-* <-> core-*", set: { loss: ${loss} } }]`,
        }),
      );
      const { world } = prepared;
      const seen = wiretap(prepared, 'gateway-111--br-111-1');
      for (let at = 5 * SECOND; at < 65 * SECOND; at += 200 * MS) {
        world.sim.runUntil(at);
        const quote = seen.at(-1);
        if (quote !== undefined) forgeScmp(prepared, { from: CORE, about: CORE, ifId: 2, quote });
      }
      const deaths = world.metrics('gateway-111')['gateway.path_deaths'];
      const count = deaths !== undefined && 'value' in deaths ? deaths.value : -1;
      expect(count).toBeGreaterThanOrEqual(least);
      expect(count).toBeLessThanOrEqual(most);
      expect(world.nodeDrops()['scmp-source']).toBeUndefined();
    },
  );
});

describe('what was sent lately', () => {
  const packet = (mark: number): Uint8Array => {
    const bytes = new Uint8Array(200);
    bytes[5] = 9;
    bytes.fill(mark, 36 + 8 + 34, 36 + 8 + 42);
    return bytes;
  };

  it('is known for a second, by bytes of its ciphertext, also when the quote ends behind them', () => {
    const marks = new SentFrameMarks();
    marks.note(0, packet(7), 44, 150);
    expect(marks.has(SECOND, packet(7))).toBe(true);
    expect(marks.has(SECOND + 1, packet(7))).toBe(false);
    expect(marks.has(0, packet(8))).toBe(false);
    expect(marks.has(0, packet(7).subarray(0, 86))).toBe(true);
    expect(marks.has(0, packet(7).subarray(0, 85))).toBe(false);
    expect(marks.has(0, new Uint8Array(0))).toBe(false);
  });

  it('is bounded: one data frame in four milliseconds, 384 in all, so that a second fits', () => {
    const marks = new SentFrameMarks();
    expect(marks.isDue(0)).toBe(true);
    marks.note(0, packet(1), 44, 150);
    expect(marks.isDue(4 * MS - 1)).toBe(false);
    expect(marks.isDue(4 * MS)).toBe(true);
    for (let k = 1; k <= 383; k += 1) marks.note(0, packet(2), 44, 150);
    expect(marks.has(0, packet(1))).toBe(true);
    marks.note(0, packet(2), 44, 150);
    expect(marks.has(0, packet(1))).toBe(false);
  });
});
