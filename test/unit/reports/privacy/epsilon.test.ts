/**
 * Loopix's epsilon for two senders, computed by hand and compared with shot noise
 * (docs/spec/privacy-metrics.md, "Epsilon of two senders").
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { SENDER_EPSILON_MAX, senderEpsilons } from '../../../../reports/privacy/epsilon.ts';
import type { PrivacySetting } from '../../../../reports/privacy/setting.ts';
import {
  PURPOSE_CONTENT,
  PURPOSE_COVER,
  type PurposeCode,
  type RunTruth,
} from '../../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../../reports/privacy/truth/truth-record.ts';
import { CODES, stratifiedTruth } from './hand-made.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function settingOf(
  { nodes }: RunTruth,
  endNs: number,
  corrupt: readonly string[] = [],
): PrivacySetting {
  const mixes = nodes.filter((name) => name.startsWith('mix'));
  return {
    mixes: mixes.map((name) => ({ name, law: { kind: 'exponential' } })),
    corrupt,
    warmupNs: endNs / 8,
    everyNs: 1e9,
    endNs,
    seed: 1,
    asked: new Set(),
  };
}

/** Alice sends two messages into a mix and Bob one; all wait, and one cover packet leaves. */
function small(senders: readonly (readonly [string, PurposeCode])[]): RunTruth {
  const nodes = ['alice', 'bob', 'mix', 'sink'];
  const record = new TruthRecorder(nodes);
  for (const [sender, purpose] of senders) {
    const from = nodes.indexOf(sender);
    const message = record.open({ purpose, sender: from, recipient: 3 });
    record.add(CODES.create, message, from, 200);
    record.add(CODES.arrive, message, 2, 210);
  }
  const last = senders.length - 1;
  record.add(CODES.depart, last, 2, 900);
  record.add(CODES.arrive, last, 3, 910);
  record.add(CODES.deliver, last, 3, 910);
  return record.truth();
}

describe('the epsilon of two senders', () => {
  it('is the logarithm of the ratio of what both wrote in the pool', () => {
    const truth = small([
      ['alice', PURPOSE_CONTENT],
      ['alice', PURPOSE_CONTENT],
      ['bob', PURPOSE_CONTENT],
    ]);
    const [first, ...others] = senderEpsilons(truth, settingOf(truth, 1_000));
    expect(first).toBeCloseTo(Math.log(2), 12);
    // Every instant before it left had the same pool and the same message.
    expect(others).toEqual([]);
  });

  it('leaves cover out, has a largest value, and needs two who write', () => {
    const withCover = small([
      ['alice', PURPOSE_CONTENT],
      ['bob', PURPOSE_CONTENT],
      ['alice', PURPOSE_COVER],
    ]);
    expect(senderEpsilons(withCover, settingOf(withCover, 1_000))).toEqual([0]);
    const open = small([
      ['alice', PURPOSE_CONTENT],
      ['bob', PURPOSE_CONTENT],
    ]);
    expect(senderEpsilons(open, settingOf(open, 1_000, ['mix']))).toEqual([SENDER_EPSILON_MAX]);
    const alone = small([['alice', PURPOSE_CONTENT]]);
    expect(senderEpsilons(alone, settingOf(alone, 1_000))).toEqual([]);
  });

  it('is that of shot noise where traffic is dense, and falls with the delay', () => {
    const RATE = 2;
    const found = [0.2, 0.5].map((meanSeconds) => {
      const spec = { layers: 3, width: 2, meanSeconds, seconds: 32, clients: 100 };
      const truth = stratifiedTruth({ ...spec, rate: 100 * RATE, linkSeconds: 0.01 });
      const measured = mean(senderEpsilons(truth, settingOf(truth, 30e9)));
      return { measured, theory: shotNoiseEpsilon({ rate: RATE, mu: 1 / meanSeconds, layers: 3 }) };
    });
    for (const { measured, theory } of found) {
      expect(Math.abs(measured / theory - 1)).toBeLessThan(0.15);
    }
    expect(found[1]!.measured).toBeLessThan(found[0]!.measured / 1.5);
  });
});

/**
 * A message sent a time t ago contributes the Erlang density of L delays at t, divided by mu, to
 * the pools of the last layer. For a sender with Poisson arrivals, the sum of these contributions
 * is shot noise.
 */
function shotNoiseEpsilon(network: {
  readonly rate: number;
  readonly mu: number;
  readonly layers: number;
}): number {
  const { rate, mu, layers } = network;
  const random = openRandomStream(1, 'test', 'shot');
  const sum = (): number => {
    let total = 0;
    for (
      let age = random.exponential(1 / rate);
      mu * age < 60;
      age += random.exponential(1 / rate)
    ) {
      total += (mu * age) ** (layers - 1) * Math.exp(-mu * age);
    }
    return total;
  };
  return mean(
    Array.from({ length: 4_000 }, () =>
      Math.min(SENDER_EPSILON_MAX, Math.abs(Math.log(sum() / sum()))),
    ),
  );
}
