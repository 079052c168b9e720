/**
 * The privacy measurement of a run: the metrics of an abstract network with known answers, and each
 * warning in a setting that causes it (docs/spec/privacy-metrics.md, "Warnings").
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { MetricData } from '../../../../reports/model.ts';
import { attackSuccessMetricName } from '../../../../reports/privacy/attacks/attack-success.ts';
import { ATTACKS } from '../../../../reports/privacy/attacks/index.ts';
import { countTruthEvents } from '../../../../reports/privacy/census.ts';
import { kolmogorovPValue, testDelays } from '../../../../reports/privacy/delay-fit.ts';
import {
  type AttackEvaluationInput,
  evaluateAttacks,
} from '../../../../reports/privacy/evaluate-attacks.ts';
import { isPrivacyMetric, PRIVACY_METRICS } from '../../../../reports/privacy/kpis.ts';
import { measurePrivacy, type PrivacyFindings } from '../../../../reports/privacy/measure.ts';
import {
  compromisedPathShare,
  stratifiedPoissonEntropyBits,
} from '../../../../reports/privacy/metrics/closed-forms.ts';
import type { MixDelayModel, PrivacySetting } from '../../../../reports/privacy/setting.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  PURPOSE_REACTION,
  type PurposeCode,
} from '../../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../../reports/privacy/truth/truth-record.ts';
import { handMade, type Stratified, stratifiedNodes, stratifiedTruth } from './hand-made.ts';

const SPEC: Stratified = {
  rate: 300,
  layers: 3,
  width: 2,
  meanSeconds: 0.2,
  seconds: 24,
  clients: 8,
};

function settingOf(spec: Stratified, change: Partial<PrivacySetting> = {}): PrivacySetting {
  const mixes = stratifiedNodes(spec)
    .filter((name) => name.startsWith('mix'))
    .map(
      (name): MixDelayModel => ({
        name,
        law: { kind: 'exponential' },
        meanDelayNs: spec.meanSeconds * 1e9,
      }),
    );
  const times = { warmupNs: 3e9, everyNs: 4e8, endNs: spec.seconds * 1e9 };
  return { mixes, corrupt: [], ...times, seed: 1, asked: new Set(), ...change };
}

function measured(spec: Stratified, change: Partial<PrivacySetting> = {}): PrivacyFindings {
  return measurePrivacy(stratifiedTruth(spec), settingOf(spec, change));
}

function valuesOf(found: PrivacyFindings, name: string): readonly number[] {
  const data: MetricData | undefined = found.metrics[name];
  return data?.kind === 'samples' ? data.values : [];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the measurement of a run', () => {
  const found = measured(SPEC, { asked: new Set(['privacy.sender.bits']) });

  it('R-196: finds the bits of theory, and orders the metrics as they must be', () => {
    const bits = mean(valuesOf(found, 'privacy.entropy.bits'));
    expect(Math.abs(bits - stratifiedPoissonEntropyBits(SPEC))).toBeLessThan(0.1);
    expect(mean(valuesOf(found, 'privacy.min_entropy.bits'))).toBeLessThan(bits);
    expect(mean(valuesOf(found, 'privacy.hartley.bits'))).toBeGreaterThan(bits);
    expect(Math.max(...valuesOf(found, 'privacy.receiver.bits'))).toBeLessThanOrEqual(3);
    expect(Math.max(...valuesOf(found, 'privacy.sender.bits'))).toBeLessThanOrEqual(3);
    expect(mean(valuesOf(found, 'privacy.sender.bits'))).toBeGreaterThan(2.9);
  });

  it('takes a delay law for what it is, at every mix', () => {
    const fits = valuesOf(found, 'privacy.delay.ks_p');
    expect(fits).toHaveLength(6);
    expect(Math.min(...fits)).toBeGreaterThan(0.001);
  });

  it('names adversary and estimator, and prices the gain', () => {
    const { summary } = found;
    expect(summary.adversary).toContain('no mix is corrupt');
    expect(summary.estimator).toBe('mass propagation (P/n for each departure)');
    // Three mixes with 200 ms each and four links with 50 ms each.
    expect(summary.latencyMsP50).toBeGreaterThan(600);
    expect(summary.latencyMsP50).toBeLessThan(850);
    expect(summary.packetsPerPayload).toBeGreaterThan(3.8);
    expect(summary.packetsPerPayload).toBeLessThan(4.3);
    expect(summary.targets.length).toBeGreaterThanOrEqual(30);
  });

  it('R-196: the adversary of an attack stands in the help of its metric and beside its result', () => {
    expect(ATTACKS.length).toBeGreaterThan(6);
    for (const { name, adversary, estimator } of ATTACKS) {
      expect(adversary.length * estimator.length, name).toBeGreaterThan(100);
      const metric = PRIVACY_METRICS.find((one) => one.name === attackSuccessMetricName(name));
      expect(metric?.help).toBe(`${estimator}; adversary: ${adversary}`);
    }
    const active = ATTACKS.filter(({ isActive }) => isActive === true);
    const counted = { hits: 3, trials: 4 };
    const results = evaluateAttacks({
      truth: stratifiedTruth(SPEC),
      setting: settingOf(SPEC, {
        asked: new Set(active.map(({ name }) => attackSuccessMetricName(name))),
      }),
      view: {} as AttackEvaluationInput['view'],
      users: [],
      summary: { latencyMsP50: 700 },
      carriedOut: { isolations: counted, tags: counted, replays: counted },
    });
    expect(results).toMatchObject(
      active.map(({ name: attack, adversary, estimator }) => ({
        ...{ attack, adversary, estimator },
        ...{ success: 0.75, trials: 4 },
      })),
    );
  });

  it('defines every metric that it measures', () => {
    const names = new Set(PRIVACY_METRICS.map(({ name }) => name));
    for (const name of Object.keys(found.metrics)) expect(names).toContain(name);
    expect([...names].every(isPrivacyMetric)).toBe(true);
  });

  it('lets everything be linked when all mixes are corrupt', () => {
    const { mixes } = settingOf(SPEC);
    const open = measured(SPEC, { corrupt: mixes.map(({ name }) => name) });
    expect(Math.max(...valuesOf(open, 'privacy.entropy.bits'))).toBe(0);
    const linked = open.metrics['privacy.linking'];
    expect(linked?.kind === 'ratio' && linked.numerator === linked.denominator).toBe(true);
    const paths = open.metrics['privacy.compromised_paths'];
    expect(paths?.kind === 'ratio' && paths.numerator === paths.denominator).toBe(true);
  });

  it('counts the paths that meet corrupt mixes only as the closed form does', () => {
    const found = measured(SPEC, { corrupt: ['mix-0', 'mix-2', 'mix-4'] });
    const paths = found.metrics['privacy.compromised_paths'];
    if (paths?.kind !== 'ratio') throw new Error('no ratio');
    const half = { nodes: 2, corrupt: 1 };
    const share = compromisedPathShare([half, half, half]);
    expect(Math.abs(paths.numerator / paths.denominator - share)).toBeLessThan(0.02);
  });

  it('counts loops and drops as cover, acknowledgements and payloads not', () => {
    const record = new TruthRecorder(['end-client-0']);
    for (const [at, purpose] of (
      [PURPOSE_CONTENT, PURPOSE_REACTION, PURPOSE_COVER, PURPOSE_COVER, PURPOSE_COVER] as const
    ).entries()) {
      const made = { purpose, sender: 0, recipient: 65_535 };
      record.add(EVENT_CREATED, record.open(made), 0, 4e9 + at);
    }
    const { metrics } = measurePrivacy(record.truth(), settingOf(SPEC));
    const cover = { kind: 'ratio', numerator: 3, denominator: 5 };
    expect(metrics['privacy.cover_ratio']).toEqual(cover);
  });

  it('counts loops of providers neither as cover of clients nor among what they send', () => {
    const record = new TruthRecorder(['end-client-0', 'end-provider']);
    const make = (purpose: PurposeCode, sender: number): void =>
      record.add(EVENT_CREATED, record.open({ purpose, sender, recipient: 65_535 }), sender, 4e9);
    for (const purpose of [PURPOSE_CONTENT, PURPOSE_COVER] as const) make(purpose, 0);
    for (let i = 0; i < 7; i += 1) make(PURPOSE_COVER, 1);
    const clients = ['end-client-0'];
    const { metrics, warnings } = measurePrivacy(record.truth(), { ...settingOf(SPEC), clients });
    expect(metrics['privacy.cover_ratio']).toEqual({ kind: 'ratio', numerator: 1, denominator: 2 });
    expect(warnings.join()).not.toContain('cover is off');
    const off = measurePrivacy(record.truth(), { ...settingOf(SPEC), clients: ['end-provider'] });
    expect(off.metrics['privacy.cover_ratio']).toMatchObject({ numerator: 7, denominator: 7 });
  });

  it('measures the anonymity of receivers over messages: cover has no receiver', () => {
    const bits = (covers: number): readonly number[] => {
      const record = new TruthRecorder(['end-a', 'mix-0', 'end-b', 'end-c']);
      const to = (recipient: number): number =>
        record.open({ purpose: PURPOSE_CONTENT, sender: 0, recipient });
      const payloads = [to(2), to(2), to(3), to(3)];
      const drops = Array.from({ length: covers }, () =>
        record.open({ purpose: PURPOSE_COVER, sender: 0, recipient: 65_535 }),
      );
      const all = [...payloads, ...drops];
      for (const one of all) record.add(EVENT_CREATED, one, 0, 1);
      for (const one of all) record.add(EVENT_ARRIVED, one, 1, 2);
      for (const one of all) record.add(EVENT_DEPARTED, one, 1, 3);
      for (const one of payloads) record.add(EVENT_DELIVERED, one, 2, 4);
      for (const one of drops) record.add(EVENT_ABSORBED, one, 3, 5);
      record.add(EVENT_CREATED, to(2), 0, 20);
      const mixes = [{ name: 'mix-0', law: { kind: 'exponential' as const } }];
      const times = { warmupNs: 0, everyNs: 100, endNs: 20 };
      const found = measurePrivacy(record.truth(), { ...settingOf(SPEC), mixes, ...times });
      expect(valuesOf(found, 'privacy.entropy.bits')[0]).toBeCloseTo(Math.log2(4 + covers), 12);
      return valuesOf(found, 'privacy.receiver.bits');
    };
    expect(bits(0)[0]).toBeCloseTo(1, 12);
    // Regression: twelve drops that end at one node reduced the entropy to 0.81 bits.
    expect(bits(12)[0]).toBeCloseTo(1, 12);
  });

  it('counts as compromised paths those of messages after the warm-up, not of cover', () => {
    const record = new TruthRecorder(['end-a', 'mix-0', 'mix-1', 'end-b']);
    const send = (purpose: PurposeCode, mix: number, atNs: number): void => {
      const recipient = purpose === PURPOSE_CONTENT ? 3 : 65_535;
      const message = record.open({ purpose, sender: 0, recipient });
      record.add(EVENT_CREATED, message, 0, atNs);
      record.add(EVENT_ARRIVED, message, mix, atNs + 1);
      record.add(EVENT_DEPARTED, message, mix, atNs + 2);
      record.add(EVENT_DELIVERED, message, 3, atNs + 3);
    };
    send(PURPOSE_CONTENT, 1, 10);
    send(PURPOSE_CONTENT, 1, 100);
    send(PURPOSE_CONTENT, 2, 110);
    for (let i = 0; i < 5; i += 1) send(PURPOSE_COVER, 1, 120 + 10 * i);
    const mixes = ['mix-0', 'mix-1'].map((name) => ({
      name,
      law: { kind: 'exponential' } as const,
    }));
    const times = { warmupNs: 50, everyNs: 100, endNs: 200 };
    const setting = { ...settingOf(SPEC), mixes, corrupt: ['mix-0'], ...times };
    expect(measurePrivacy(record.truth(), setting).metrics['privacy.compromised_paths']).toEqual({
      kind: 'ratio',
      numerator: 1,
      denominator: 2,
    });
  });

  it('leaves out delays of messages that had no time to leave: short ones would be left', () => {
    const truth = handMade(
      ['end', 'mix'],
      [
        ['arrive', 0, 'mix'],
        ['arrive', 1, 'mix'],
        ['depart', 1, 'mix'],
        ['depart', 0, 'mix'],
      ],
    );
    const times = { warmupNs: 0, endNs: 10 };
    const isMix = [false, true];
    const isClient = [true, false];
    expect(
      countTruthEvents({ truth, isMix, isClient, ...times, settleNs: 9.5 }).delaysNs[1],
    ).toEqual([3]);
    expect(countTruthEvents({ truth, isMix, isClient, ...times, settleNs: 0 }).delaysNs[1]).toEqual(
      [1, 3],
    );
  });

  it('warns of what makes a figure worth less, and of nothing else', () => {
    const say = (spec: Stratified, change: Partial<PrivacySetting> = {}): string =>
      measured(spec, change).warnings.join('\n');
    const cover = 'privacy: cover is off';
    expect(say(SPEC)).toContain(cover);
    expect(say(SPEC).split('\n')).toHaveLength(1);
    expect(say({ ...SPEC, rate: 5 })).toContain('on average, fewer than 2');
    expect(say(SPEC, { everyNs: 2e9 })).toMatch(/\d targets were followed, fewer than 30/);
    expect(say({ ...SPEC, law: 'uniform' })).toContain('do not follow the exponential law');
    expect(say(SPEC, { asked: new Set(['privacy.attack.n_minus_one.success']) })).toContain('n-1');
    const { mixes } = settingOf(SPEC);
    const other = mixes.map((mix) => ({ ...mix, law: { kind: 'unknown', name: 'odd' } as const }));
    expect(say(SPEC, { mixes: other })).toContain('P/n is not valid for odd mixes');
    expect(say(SPEC, { mixes: [] })).toContain('no node of this run mixes');
  });
});

describe('the fit of delays', () => {
  const random = openRandomStream(3, 'test', 'delays');
  const draw = (n: number, mean: number): number[] =>
    Array.from({ length: n }, () => random.exponential(mean));
  const question = { seed: 1, mix: 'mix-1', meanNs: 20e6 };

  it('accepts whole milliseconds, floor(x) + 1, which plain Kolmogorov-Smirnov refuses', () => {
    const whole = draw(20_000, 20e6).map((delay) => (Math.floor(delay / 1e6) + 1) * 1e6);
    expect(testDelays({ ...question, delaysNs: whole }).p).toBeGreaterThan(0.01);
    const off = whole.map((delay) => delay + 1);
    expect(testDelays({ ...question, delaysNs: off }).p).toBeLessThan(1e-6);
  });

  it('refuses a mean that is 10 % off', () => {
    expect(testDelays({ ...question, delaysNs: draw(5_000, 22e6) }).p).toBeLessThan(1e-4);
  });

  it('says nothing of fewer than 20 delays', () => {
    expect(testDelays({ ...question, delaysNs: draw(19, 20e6) }).p).toBeUndefined();
  });

  it('has the critical values of the literature', () => {
    // For large n, the quantiles are 1.3581 / sqrt(n) at 5 % and 1.6276 / sqrt(n) at 1 %.
    expect(kolmogorovPValue(1.3581 / 1_000, 1e6)).toBeCloseTo(0.05, 3);
    expect(kolmogorovPValue(1.6276 / 1_000, 1e6)).toBeCloseTo(0.01, 3);
    expect(kolmogorovPValue(0, 100)).toBe(1);
  });
});
