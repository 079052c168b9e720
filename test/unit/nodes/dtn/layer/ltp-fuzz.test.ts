import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { DTN_DROP_REASONS } from '../../../../../nodes/dtn/drops.ts';
import { LtpMachine } from '../../../../../nodes/dtn/layer/ltp.ts';
import type { LtpEffect } from '../../../../../nodes/dtn/layer/ltp-shared.ts';
import { decodeLtpSegment, encodeLtpSegment } from '../../../../../nodes/dtn/layer/ltp-wire.ts';
import {
  LtpPair,
  ltpFactsOfEnd,
  patternBlock,
  S_NS,
} from '../../../../../runner/verify/bundles/ltp-pair.ts';
import { forMutants, truncations } from './mutations.ts';

const MUTANTS = 100_000;

/** Segments of all kinds, in both directions, from a transfer with losses and a cancellation. */
function samples(): readonly Uint8Array[] {
  const pair = new LtpPair();
  pair.loses = (_sent, index): boolean => index % 3 === 1;
  pair.take('a', {
    kind: 'send',
    session: 7,
    block: patternBlock(4_000),
    redBytes: 3_000,
    dscp: 0,
  });
  pair.take('b', {
    kind: 'send',
    session: 9,
    block: patternBlock(2_000),
    redBytes: 2_000,
    dscp: 0,
  });
  pair.run(60 * S_NS);
  pair.take('a', { kind: 'send', session: 8, block: patternBlock(100), redBytes: 100, dscp: 0 });
  pair.take('a', { kind: 'cancel', session: 8 });
  pair.run();
  const short = pair.sent.map(({ bytes }) => bytes).filter(({ length }) => length < 200);
  return [...short, ...pair.sent.map(({ bytes }) => bytes.slice(0, 60))];
}

describe('hostile segments', () => {
  it('cut off at every byte are read as less, or not at all', () => {
    for (const sample of samples()) {
      for (const part of truncations(sample)) {
        const segment = decodeLtpSegment(part);
        if (segment !== undefined) expect(encodeLtpSegment(segment)).toEqual(part);
      }
    }
  });

  it(`are never an exception, and fill no table: ${MUTANTS} mutations`, () => {
    const span = new LtpMachine(ltpFactsOfEnd('b'));
    span.step(0, { kind: 'way', way: 'open' });
    const effects: LtpEffect[] = [];
    let now = 0;
    forMutants(samples(), MUTANTS, (bytes, index) => {
      now += 1_000_000;
      if (index % 1_000 === 0) {
        const input = { session: index / 1_000, block: patternBlock(50), redBytes: 50, dscp: 0 };
        span.step(now, { kind: 'send', ...input });
      }
      effects.push(...span.step(now, { kind: 'segment', bytes }));
      while (span.nextAt() <= now) effects.push(...span.step(now, TIMER_DUE));
      expect(span.receiving).toBeLessThanOrEqual(64);
    });
    const drops = effects.flatMap((effect) => (effect.kind === 'drop' ? [effect.reason] : []));
    const sent = effects.filter(({ kind }) => kind === 'transmit').length;
    for (const name of new Set(drops)) expect(Object.keys(DTN_DROP_REASONS)).toContain(name);
    expect(drops.filter((name) => name === 'ltp-bad-segment').length).toBeGreaterThan(MUTANTS / 10);
    // An answer for a segment at most, and what timers repeat.
    expect(sent).toBeLessThan(MUTANTS);
    // Everything ends by itself.
    for (let steps = 0; span.nextAt() < Number.POSITIVE_INFINITY; steps += 1) {
      now = Math.max(now, span.nextAt());
      span.step(now, TIMER_DUE);
      expect(steps).toBeLessThan(MUTANTS);
    }
    expect([span.sending, span.receiving]).toEqual([0, 0]);
  });
});
