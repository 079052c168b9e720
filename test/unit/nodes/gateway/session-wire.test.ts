/**
 * Two sessions over a wire that loses, doubles and reorders: handshakes, rekeys and data.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { Timer } from '../../../../engine/host/time.ts';
import { SESSION_LIMITS } from '../../../../nodes/gateway/session-parts.ts';
import { LossyWire } from '../../../fixtures/lossy-wire.ts';
import { VirtualClock } from '../../../fixtures/virtual-clock.ts';
import { at, CLOCK_US, Pair, SECOND, type Side } from './session-pair.ts';

const MS = 1_000_000;
/** A third lost, a fifth doubled, 1 to 200 ms under way. */
const TROUBLE = { loss: 0.33, duplication: 0.2, leastNs: MS, mostNs: 200 * MS };

/** Two sessions that are ticked when they ask for it. */
class WiredPair {
  readonly clock = new VirtualClock();
  readonly wire: LossyWire;
  readonly pair = new Pair({ limits: { ...SESSION_LIMITS, rekeyAgeNs: 5 * SECOND } });
  readonly #timers = new Map<Side, Timer>();
  #messages = 0;

  constructor(seed: number) {
    this.wire = new LossyWire(this.clock, openRandomStream(seed, 'pair', 'wire'), { ...TROUBLE });
  }

  /** Lets one side do something, and sends what it wants to send. */
  turn(side: Side, act: () => void): void {
    const other = side === this.pair.a ? this.pair.b : this.pair.a;
    act();
    for (const frame of side.outbox.splice(0)) {
      this.wire.carry(frame, (copy) =>
        this.turn(other, () => other.receive(copy, at(this.clock.nowNs))),
      );
    }
    const tick = (): void => this.turn(side, () => side.session.tick(at(this.clock.nowNs)));
    this.#timers.get(side)?.cancel();
    const { deadlineNs } = side.session;
    if (deadlineNs === Number.POSITIVE_INFINITY) return;
    const delayNs = Math.max(1, deadlineNs - this.clock.nowNs);
    this.#timers.set(side, this.clock.after(delayNs, tick));
  }

  /** Seals a message of its own, if there are keys; returns it. */
  say(side: Side): string | undefined {
    const message = `message ${this.#messages}`;
    this.#messages += 1;
    const frame = side.seal(message, undefined, CLOCK_US + Math.floor(this.clock.nowNs / 1000));
    if (typeof frame === 'string') return undefined;
    this.turn(side, () => side.outbox.push(frame));
    return message;
  }
}

describe('two sessions over a bad wire', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'R-023: agree again and again, and take nothing twice, seed %i',
    (seed) => {
      const wired = new WiredPair(seed);
      const { clock, pair, wire } = wired;
      const { a, b } = pair;
      wired.turn(a, () => a.session.connect(at(0)));
      wired.turn(b, () => b.session.connect(at(0)));
      for (let round = 0; round < 600; round += 1) {
        clock.runUntil(round * 100 * MS);
        wired.say(a);
        wired.say(b);
      }
      expect(wire.lost).toBeGreaterThan(200);
      expect(wire.doubled).toBeGreaterThan(100);
      for (const side of [a, b]) {
        // A minute holds at most thirteen keys of five seconds, and two of three messages arrive.
        expect(side.established.length).toBeGreaterThan(6);
        expect(side.established.length).toBeLessThan(14);
        expect(side.delivered.length).toBeGreaterThan(300);
        expect(side.delivered.length).toBeLessThan(450);
        expect(new Set(side.delivered).size).toBe(side.delivered.length);
        expect(new Set(side.drops)).not.toContain('bad-auth');
      }
      Object.assign(wire.trouble, { loss: 0, duplication: 0 });
      clock.runUntil(70 * SECOND);
      expect(a.session.epoch).toBe(b.session.epoch);
      const last = [wired.say(a), wired.say(b)];
      clock.runUntil(71 * SECOND);
      expect([b.delivered.at(-1), a.delivered.at(-1)]).toEqual(last);
    },
  );
});
