/**
 * Attacks on the views of observers: what they find without cover traffic, and that with cover
 * traffic at a constant rate they are no better than guessing.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { scoreFlows } from '../../../../../reports/privacy/attacks/attack-correlation.ts';
import {
  ATTACKS,
  type AttackInput,
  type AttackSuccess,
  attackSuccessMetricName,
} from '../../../../../reports/privacy/attacks/index.ts';
import { areaUnderCurve } from '../../../../../reports/privacy/attacks/roc.ts';
import { ACTIVE_ATTACK_OF_METRIC, PRIVACY_METRICS } from '../../../../../reports/privacy/kpis.ts';
import { observe, poisson, type Sent } from './fixture.ts';

const SECOND = 1e9;
const USERS = 60;
const SECONDS = 300;

function run(name: string, input: AttackInput): AttackSuccess | undefined {
  return ATTACKS.find((attack) => attack.name === name)!.evaluate(input);
}

const PAIRS = Array.from({ length: USERS / 2 }, (_, k) => [2 * k, 2 * k + 1] as const);
const LAW = { users: USERS, seconds: SECONDS, hops: 3, meanDelayNs: 0.1 * SECOND };

/** User 2k writes to user 2k + 1, and nobody sends anything else. */
function bare(): AttackInput {
  const random = openRandomStream(1, 'test', 'bare');
  const messages = PAIRS.flatMap(([from, to]) =>
    poisson(random, 0.2, SECONDS).map((at) => ({ from, to, at })),
  );
  return observe({ ...LAW, random, messages }, PAIRS);
}

/** The same messages, but everybody sends and retrieves at the same constant rate. */
function covered(seed: number): AttackInput {
  const random = openRandomStream(seed, 'test', 'cover');
  const messages = PAIRS.flat().flatMap((from) =>
    // Payload uses a fifth of the writers' slots; the other slots go to random users.
    poisson(random, 1, SECONDS).map((at) => {
      const isPayload = from % 2 === 0 && random.chance(0.2);
      return { from, to: isPayload ? from + 1 : random.below(USERS), at };
    }),
  );
  // The link from an exit shows only the retrievals of its client, which are constant, and not what
  // arrived.
  return withConstantExits(observe({ ...LAW, random, messages }, PAIRS), seed);
}

function withConstantExits(input: AttackInput, seed: number): AttackInput {
  const random = openRandomStream(seed, 'test', 'retrievals');
  const { view, setting, answers } = input;
  const messages: Sent[] = setting.users.flatMap((_, user) =>
    poisson(random, 1, SECONDS).map((at) => ({ from: user, to: user, at })),
  );
  const exits = observe(
    { users: USERS, seconds: SECONDS, hops: 3, meanDelayNs: 1, random, messages },
    [],
  );
  const merged: { at: number; link: number }[] = [];
  for (const [source, parity] of [
    [view, 0],
    [exits.view, 1],
  ] as const) {
    const { count, atNs, link } = source.sightings;
    for (let i = 0; i < count; i += 1) {
      if (link[i]! % 2 === parity) merged.push({ at: atNs[i]!, link: link[i]! });
    }
  }
  merged.sort((a, b) => a.at - b.at);
  const sightings = {
    count: merged.length,
    atNs: Float64Array.from(merged, ({ at }) => at),
    link: Uint16Array.from(merged, ({ link }) => link),
    size: new Uint32Array(merged.length).fill(2_000),
  };
  return { view: { ...view, sightings }, setting, answers };
}

describe('attacks without cover', () => {
  const input = bare();

  it('disclosure names every partner', () => {
    const { success, low, trials, chance } = run('disclosure', input)!;
    expect(success).toBe(1);
    expect(low).toBeGreaterThan(0.85);
    expect(trials).toBe(USERS / 2);
    expect(chance).toBeCloseTo(1 / USERS, 12);
  });

  it('intersection is left with the partner', () => {
    expect(run('intersection', input)!.success).toBeGreaterThan(0.9);
  });

  it('correlation tells partners from strangers, by each likeness', () => {
    const { success, low } = run('correlation', input)!;
    expect(success).toBeGreaterThan(0.97);
    expect(low).toBeGreaterThan(0.9);
    for (const likeness of ['spearman', 'mutual-information'] as const) {
      const area = areaUnderCurve(
        scoreFlows(input, { likeness, binNs: SECOND, direction: 'comes' }),
      )!;
      expect(area.auc).toBeGreaterThan(0.9);
    }
  });
});

describe('attacks against constant-rate cover fall to chance', () => {
  const inputs = [1, 2, 3, 4, 5].map(covered);
  const [input] = inputs as [AttackInput];

  it('disclosure, over five worlds', () => {
    const outcomes = inputs.map((each) => run('disclosure', each)!);
    const hits = outcomes.reduce((sum, outcome) => sum + (outcome.hits ?? 0), 0);
    // In 150 trials at 1 / 60, 2.5 hits are expected; 10 or more have a probability of 3e-4.
    expect(hits).toBeLessThan(10);
    expect(outcomes[0]!.trials).toBe(30);
  });

  it('intersection', () => {
    expect(run('intersection', input)!.success).toBe(0);
  });

  it('correlation, over five worlds', () => {
    const areas = inputs.map((each) => run('correlation', each)!);
    expect(areas.filter(({ low, high }) => low < 0.5 && high > 0.5).length).toBeGreaterThan(3);
    const mean = areas.reduce((sum, { success }) => sum + success, 0) / areas.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.08);
  });
});

describe('answers', () => {
  it('betray partners whose retrievals show nothing, unless there is cover', () => {
    const random = openRandomStream(5, 'test', 'answers');
    const payloads = PAIRS.flatMap(([from, to]) =>
      poisson(random, 0.2, SECONDS).map((at) => ({ from, to, at })),
    );
    // Each payload is acknowledged to its sender after the forward delay.
    const answers = payloads.map(({ from, to, at }) => {
      const way = [1, 2, 3].reduce((sum) => sum + random.exponential(LAW.meanDelayNs), 0);
      return { from: to, to: from, at: at + way };
    });
    const messages = [...payloads, ...answers];
    const input = withConstantExits(observe({ ...LAW, random, messages }, PAIRS), 5);
    expect(run('correlation', input)!.success).toBeLessThan(0.7);
    expect(run('answers', input)!.low).toBeGreaterThan(0.85);
    const { low, high } = run('answers', covered(1))!;
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });
});

describe('attacks of two partners', () => {
  it('intersection finds the pair as the only set that meets all batches', () => {
    const random = openRandomStream(3, 'test', 'two');
    const messages: Sent[] = poisson(random, 0.3, SECONDS).map((at) => ({
      from: 0,
      to: random.chance(0.5) ? 1 : 2,
      at,
    }));
    for (let user = 3; user < 20; user += 1) {
      for (const at of poisson(random, 0.1, SECONDS)) {
        messages.push({ from: user, to: 3 + random.below(17), at });
      }
    }
    const input = observe(
      { users: 20, seconds: SECONDS, hops: 1, meanDelayNs: 0.1 * SECOND, random, messages },
      [
        [0, 1],
        [0, 2],
      ],
    );
    expect(run('intersection', input)).toMatchObject({ success: 1, trials: 1 });
    expect(run('disclosure', input)).toMatchObject({ success: 1, trials: 2 });
  });
});

describe('attacks that the run carries out', () => {
  const input = bare();

  it('predecessor and what events carry out are counted; without a trial there is no success', () => {
    const answers = {
      ...input.answers,
      compromisedPaths: { hits: 1, trials: 1000 },
      isolations: { hits: 3, trials: 4 },
      tags: { hits: 2, trials: 10 },
      replays: { hits: 0, trials: 50 },
    };
    const counted = { ...input, answers };
    expect(run('predecessor', counted)).toMatchObject({ success: 0.001, chance: 0 });
    expect(run('tagging', counted)).toMatchObject({ success: 0.2, chance: 0 });
    expect(run('n_minus_one', counted)).toMatchObject({ success: 0.75, hits: 3, chance: 0 });
    expect(run('replay', counted)).toMatchObject({ success: 0, low: 0 });
    for (const name of ['n_minus_one', 'predecessor', 'tagging', 'replay']) {
      expect(run(name, input)).toBeUndefined();
    }
  });

  it('an attack that an event carries out is known by its metric', () => {
    expect([...ACTIVE_ATTACK_OF_METRIC.values()]).toEqual(['n_minus_one', 'tagging', 'replay']);
    const metrics = PRIVACY_METRICS.map(({ name }) => name);
    for (const { name } of ATTACKS) expect(metrics).toContain(attackSuccessMetricName(name));
    for (const [metric, name] of ACTIVE_ATTACK_OF_METRIC)
      expect(metric).toBe(attackSuccessMetricName(name));
  });

  it('each attack has a metric, an adversary and an estimator to print', () => {
    expect(ATTACKS.map(({ name }) => attackSuccessMetricName(name))).toEqual([
      'privacy.attack.n_minus_one.success',
      'privacy.attack.disclosure.success',
      'privacy.attack.intersection.success',
      'privacy.attack.predecessor.success',
      'privacy.attack.correlation.success',
      'privacy.attack.answers.success',
      'privacy.attack.tagging.success',
      'privacy.attack.replay.success',
    ]);
    for (const { adversary, estimator } of ATTACKS) {
      expect(adversary.length).toBeGreaterThan(10);
      expect(estimator.length).toBeGreaterThan(20);
    }
  });
});
