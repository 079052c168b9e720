/** A forger, replayed frames and noise cannot affect a session. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME_DROP_REASONS } from '../../nodes/gateway/drops.ts';
import { at, moved, Pair, type Side, sealed } from '../unit/nodes/gateway/session-pair.ts';

const FUZZ_INPUTS = 100_000;

/**
 * An event at the receiver: a genuine frame, a forged one with any higher number, or a replay of an
 * earlier one.
 */
type Event =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'forged'; readonly sequence: number }
  | { readonly kind: 'replay'; readonly back: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'genuine' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('forged' as const), sequence: fc.maxSafeNat() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay' as const), back: fc.nat(50) }) },
);

function play(from: Side, to: Side, events: readonly Event[]): void {
  const sent: Uint8Array[] = [sealed(from, 'first')];
  expect(to.receive(sent[0]!, at(1))).toBe('ok first');
  for (const one of events) {
    if (one.kind === 'genuine') {
      const frame = sealed(from, 'x');
      sent.push(frame);
      expect(to.receive(frame, at(1))).toBe('ok x');
    } else if (one.kind === 'forged') {
      const outcome = to.receive(moved(sent.at(-1)!, one.sequence), at(1));
      expect(['bad-auth', 'replay']).toContain(outcome);
    } else {
      const old = sent[Math.max(0, sent.length - 1 - one.back)]!;
      expect(to.receive(old, at(1))).toBe('replay');
    }
  }
}

describe('a session under attack', () => {
  it('R-014: forged sequences move nothing: every genuine frame is accepted, every replay refused', () => {
    const pair = Pair.connected();
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        play(pair.a, pair.b, events);
      }),
      { numRuns: 100 },
    );
  });

  it(`R-084: ${FUZZ_INPUTS} changed frames neither throw nor stop the session`, () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox[0]!;
    pair.b.receive(opening, at(0));
    const answer = pair.b.outbox[0]!;
    pair.exchange(at(0));
    const golden = [opening, answer, sealed(pair.a, 'golden'), sealed(pair.a, 'y'.repeat(200))];
    let state = 1;
    const draw = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const outcomes = new Set<string>();
    for (let input = 0; input < FUZZ_INPUTS; input++) {
      const frame = golden[draw(golden.length)]!.slice();
      for (let change = draw(3); change >= 0; change--) frame[draw(frame.length)] = draw(256);
      const cut = draw(4) === 0 ? frame.subarray(0, draw(frame.length + 1)) : frame;
      outcomes.add(String(pair.b.receive(cut, at(input))));
    }
    const names = new Set([
      ...Object.keys(FRAME_DROP_REASONS),
      'undefined',
      'ok golden',
      `ok ${'y'.repeat(200)}`,
    ]);
    expect([...outcomes].filter((outcome) => !names.has(outcome))).toEqual([]);
    expect(outcomes.size).toBeGreaterThan(8);
    expect(pair.b.receive(sealed(pair.a, 'after'), at(1))).toBe('ok after');
  });
});
