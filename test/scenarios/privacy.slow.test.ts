/**
 * Privacy measured in whole runs: measuring does not change the run, modelled packets give the same
 * entropy as real ones, and a real network agrees with theory.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { stratifiedPoissonEntropyBits } from '../../reports/privacy/metrics/closed-forms.ts';
import { load, prepare, ratio, run, SECOND, samples } from '../unit/runner/fixture.ts';

/**
 * A tenth of the rate and half the delays of mixnet-privacy.yaml: thirty targets in a few seconds.
 */
const TENTH = {
  duration: '8s',
  warmup: '1500ms',
  privacy: '{ targets: 60ms }',
  'options.mixnet.rates.delay': '{ mean: 133.3333ms }',
  'topology.generate.clients': '5',
  'topology.generate.providers': '1',
  'topology.generate.width': '2',
  traffic: '[{ from: client-1, to: client-2, kind: poisson, rate: 20/s, size: 100B }]',
  'options.mixnet.rates.payload': '20/s',
  'options.mixnet.rates.drop': '79/s',
};
const THEORY = stratifiedPoissonEntropyBits({
  rate: 500,
  layers: 3,
  width: 2,
  meanSeconds: 0.1333333,
});

interface Bits {
  readonly mean: number;
  /** Standard error of the mean over the targets. */
  readonly error: number;
  readonly targets: number;
}

function bitsOf(result: SeedResult): Bits {
  const values = samples(result, 'privacy.entropy.bits');
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, error: Math.sqrt(variance / n), targets: n };
}

describe('privacy of a run', () => {
  const modelled = run(load('mixnet-privacy.yaml', TENTH));

  it('has the bits of theory in a network of real nodes', () => {
    const { mean, targets } = bitsOf(modelled);
    expect(targets).toBeGreaterThanOrEqual(30);
    expect(Math.abs(mean - THEORY)).toBeLessThan(0.12);
  });

  it('has them with biased routes, too, where each mix carries the share of its weight', () => {
    const heavy = [1, 2, 3].map((layer) => [`options.mix-${layer}-1.weight`, '6']);
    const scenario = load('mixnet-privacy.yaml', { ...TENTH, ...Object.fromEntries(heavy) });
    expect(Math.abs(bitsOf(run(scenario)).mean - THEORY)).toBeLessThan(0.12);
    const { world } = prepare(scenario);
    world.sim.runUntil(8 * SECOND);
    const received = (mix: string): number =>
      (world.metrics(mix)['mix.received'] as { readonly value: number }).value;
    for (const layer of [1, 2, 3]) {
      const [first, second] = [received(`mix-${layer}-1`), received(`mix-${layer}-2`)];
      // About 3,200 packets, hence a standard deviation of 0.006.
      expect(Math.abs(first / (first + second) - 6 / 7)).toBeLessThan(0.025);
    }
  });

  it('has the same bits within the interval with real bytes as with modelled ones', () => {
    const real = run(load('mixnet-privacy.yaml', { ...TENTH, crypto: 'node' }));
    const [one, other] = [bitsOf(modelled), bitsOf(real)];
    const interval = 1.96 * Math.hypot(one.error, other.error);
    expect(Math.abs(one.mean - other.mean)).toBeLessThan(interval);
    expect(interval).toBeLessThan(0.1);
    expect(ratio(real, 'privacy.linking').numerator).toBeLessThan(1);
  }, 300_000);

  it('changes nothing of the run that it measures', () => {
    const short = { ...TENTH, duration: '3s', warmup: '1s' };
    const watched = load('mixnet-privacy.yaml', { ...short, kpis: '{}' });
    const { privacy: _, ...unwatched } = watched;
    const [one, other] = [run(watched), run(unwatched)];
    expect(one.privacy).toBeDefined();
    expect(other.privacy).toBeUndefined();
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.packets).toEqual(other.packets);
  });

  it('warns of nothing where everything is in order', () => {
    expect(modelled.warnings.filter((text) => text.startsWith('privacy:'))).toEqual([]);
  });
});

describe('attacks that a run carries out', () => {
  /** The numbers of successful attempts and of all attempts, over the seeds. */
  const success = (file: string, set: Readonly<Record<string, string>>, seeds = 1): Success => {
    const results = Array.from({ length: seeds }, (_, seed) => run(load(file, set), seed + 1));
    const attacks = results.map(({ privacy }) => privacy?.attacks?.[0]);
    const sum = (of: 'hits' | 'trials'): number =>
      attacks.reduce((total, attack) => total + (attack?.[of] ?? 0), 0);
    return { hits: sum('hits'), trials: sum('trials'), results };
  };
  const n1 = (more = ''): string =>
    `[{ at: 11s, attack: { kind: n_minus_one, node: mix-2-1, drain: 1s, watch: 400ms${more} } }]`;
  const active = (attack: string): Readonly<Record<string, string>> => ({
    duration: '17s',
    'topology.generate.clients': '6',
    events: `[{ at: 10s, attack: { node: mix-1-1, every: 200ms, ${attack} } }]`,
    kpis: '{}',
  });
  const warning = 'mixes send no loops of their own, so they cannot notice an n-1 attack';
  const warned = ({ results }: Success): boolean =>
    results.some(({ warnings }) => warnings.some((text) => text.includes(warning)));

  it('n-1 finds what was let in alone, unless loops of the mix leave first', () => {
    const set = { duration: '40s', events: n1() };
    const bare = success('mixnet-attack.yaml', { ...set, 'options.mixnet.rates.mixLoop': '0/s' });
    expect(bare.trials).toBeGreaterThan(50);
    expect(bare.hits).toBe(bare.trials);
    expect(warned(bare)).toBe(true);
    const covered = success('mixnet-attack.yaml', set, 3);
    // mu / (mu + lambdaM), for the share of targets that are not the mix's own loops (those are 10
    // of 45 per second).
    const theory = (20 / 30) * (35 / 45);
    const { hits, trials } = covered;
    expect(Math.abs(hits / trials - theory)).toBeLessThan(4 * Math.sqrt(0.25 / trials));
    expect(warned(covered)).toBe(false);
  });

  it('n-1 by holding back is as often right as the pool that it let go has run empty', () => {
    const held = success('mixnet-blending.yaml', {
      duration: '34s',
      'options.mixnet.rates':
        '{ delay: { mean: 50ms }, payload: 10/s, loop: 0/s, drop: 0/s, mixLoop: 0/s }',
      'events.0.for': '22s',
      'events.0.attack.drain': '100ms',
      kpis: '{}',
    });
    // Ten clients with 10/s over two mixes. Without a second drain the success would be 35 %, by
    // drops 100 %.
    const theory = heldBackSuccess({ mu: 20, lambda: 50, drain: 0.1, transit: 0.005 });
    expect(theory).toBeCloseTo(0.708, 3);
    const { hits, trials } = held;
    expect(trials).toBeGreaterThan(100);
    expect(Math.abs(hits / trials - theory)).toBeLessThan(3 * Math.sqrt(0.21 / trials));
  });

  it('n-1 floods a threshold mix with its own messages, and finds every target', () => {
    const batches = {
      duration: '60s',
      'options.mixnet.mixing': '{ strategy: threshold, threshold: 4 }',
      'options.mixnet.rates.mixLoop': '0/s',
    };
    const slowly = (own: string): Success =>
      success('mixnet-attack.yaml', { ...batches, events: n1(own).replace('400ms', '3s') });
    const flooded = slowly(', own: [client-8, client-9, client-10]');
    expect(flooded.trials).toBeGreaterThan(10);
    expect(flooded.hits).toBe(flooded.trials);
    const alone = slowly('');
    expect(alone.hits).toBeLessThan(alone.trials / 2);
  });

  it('of real bytes tags in headers die at the next hop, tags in payloads at the last', () => {
    const last = 'last: ["provider-*"], sign: payload-tag';
    const header = success('mixnet-active.yaml', active(`kind: tagging, part: header, ${last}`));
    expect(header.hits).toBe(0);
    const drops = header.results[0]?.nodeDrops ?? {};
    expect(drops['payload-tag']).toBeUndefined();
    // The last target may have been tagged just before the run ended.
    expect(drops['mac-mismatch']).toBeGreaterThan(0.9 * header.trials);
    const payload = success('mixnet-active.yaml', active(`kind: tagging, ${last}`));
    expect(payload.hits / payload.trials).toBeGreaterThan(0.75);
    expect(payload.results[0]?.nodeDrops).not.toHaveProperty('mac-mismatch');
  });

  it('a replay is found by its double only where mixes forget', () => {
    const replay = { ...active('kind: replay, after: 1s'), crypto: 'modelled', duration: '25s' };
    const filtered = success('mixnet-active.yaml', replay);
    expect(filtered.trials).toBeGreaterThan(40);
    expect(filtered.hits).toBe(0);
    const open = success('mixnet-active.yaml', {
      ...replay,
      'options.mixnet.double': 'forgetful',
    });
    expect(open.hits / open.trials).toBeGreaterThan(0.9);
  });
});

interface Success {
  readonly hits: number;
  readonly trials: number;
  readonly results: readonly SeedResult[];
}

/**
 * Success of an (n-1) attack against a Poisson mix without loops of its own. The packets held back
 * during a round (drain, then the stay of the target) and those left inside are in the pool
 * together. When a target comes after a wait w ~ Exp(lambda), a share e^-mu(drain + w) of them is
 * left, eps on average. The target is the first of Poisson(eps) + 1 with probability (1 - e^-eps) /
 * eps. Times are in seconds.
 */
function heldBackSuccess(mix: {
  readonly mu: number;
  readonly lambda: number;
  readonly drain: number;
  readonly transit: number;
}): number {
  const { mu, lambda, drain, transit } = mix;
  const STEPS = 2_000;
  const waits = Array.from({ length: STEPS }, (_, i) => -Math.log((i + 0.5) / STEPS) / lambda);
  let [right, stay, left] = [1, 1 / mu, 0];
  for (let round = 0; round < 50; round += 1) {
    const pool = lambda * (drain + stay) + left;
    const eps = waits.map((wait) => pool * Math.exp(-mu * (drain + wait)));
    right = mean(eps.map((one) => (1 - Math.exp(-one)) / one));
    stay = transit + right / mu;
    left = mean(eps);
  }
  return right;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
