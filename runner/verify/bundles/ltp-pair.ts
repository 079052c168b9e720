/**
 * Two ends of LTP and a channel with a delay between them; a test can let the channel lose segments and
 * close it.
 *
 * @module
 */
import { openRandomStream } from '../../../engine/core/stream.ts';
import { TIMER_DUE } from '../../../nodes/_kit/machine.ts';
import {
  type LtpEffect,
  type LtpInput,
  type LtpLinkParameters,
  LtpMachine,
} from '../../../nodes/dtn/index.ts';

/** Nanoseconds in a second. */
export const S_NS = 1_000_000_000;
/** One-way light time by default, ns. */
export const OWLT_NS = 10 * S_NS;

/** Names of the two ends of the pair. */
export type LtpEnd = 'a' | 'b';

/** An event at an end, other than the sending of a segment. */
export type LtpEvent = Exclude<LtpEffect, { kind: 'transmit' }> & {
  readonly at: number;
  readonly end: LtpEnd;
};

/** A segment that an end has sent. */
export interface SentSegment {
  readonly at: number;
  readonly from: LtpEnd;
  readonly bytes: Uint8Array;
}

/** The parameters of LTP for one end; end `a` has LTP engine 1, end `b` has engine 2. */
export function ltpFactsOfEnd(
  end: LtpEnd,
  given: Partial<LtpLinkParameters> = {},
): LtpLinkParameters {
  return {
    ownEngine: end === 'a' ? 1 : 2,
    peerEngine: end === 'a' ? 2 : 1,
    segmentMax: 1_000,
    answerNs: 2 * (OWLT_NS + S_NS),
    silenceNs: 2 * OWLT_NS + 60 * S_NS,
    retries: 5,
    sessions: 64,
    contactAt: () => ({ rateBps: 8_000_000, endNs: Number.POSITIVE_INFINITY }),
    random: openRandomStream(1, `ltp/${end}`, 'serials'),
    ...given,
  };
}

/**
 * Two LTP engines and the channel between them. End `b` keeps each received block unless `keeps`
 * returns false.
 */
export class LtpPair {
  now = 0;
  readonly ends: Record<LtpEnd, LtpMachine>;
  readonly events: LtpEvent[] = [];
  readonly sent: SentSegment[] = [];
  /** Decides whether a segment is lost. */
  loses: (sent: SentSegment, index: number) => boolean = () => false;
  keeps: (event: LtpEvent) => boolean = () => true;
  /** Gives the time that a segment takes to leave, ns. */
  leavesIn: (bytes: Uint8Array) => number = () => 0;
  readonly #owltNs: number;
  readonly #air: { readonly at: number; readonly to: LtpEnd; readonly bytes: Uint8Array }[] = [];

  constructor(facts: Partial<LtpLinkParameters> = {}, owltNs = OWLT_NS) {
    this.#owltNs = owltNs;
    this.ends = {
      a: new LtpMachine(ltpFactsOfEnd('a', facts)),
      b: new LtpMachine(ltpFactsOfEnd('b', facts)),
    };
    this.take('a', { kind: 'way', way: 'open' });
    this.take('b', { kind: 'way', way: 'open' });
  }

  /** Gives an input to an end. */
  take(end: LtpEnd, input: LtpInput | typeof TIMER_DUE): void {
    for (const effect of this.ends[end].step(this.now, input)) {
      if (effect.kind === 'transmit') this.#send(end, effect.bytes);
      else {
        const event = { ...effect, at: this.now, end };
        this.events.push(event);
        if (effect.kind === 'block' && this.keeps(event)) {
          this.take(end, { kind: 'kept', session: effect.session });
        }
      }
    }
  }

  /** Crashes an end and starts it again without its state. */
  restart(end: LtpEnd): void {
    this.ends[end] = new LtpMachine(ltpFactsOfEnd(end));
    this.take(end, { kind: 'way', way: 'open' });
  }

  /** Runs until nothing is left to do, or until an instant. */
  run(untilNs = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const arrival = this.#air[0]?.at ?? Number.POSITIVE_INFINITY;
      const next = Math.min(arrival, this.ends.a.nextAt(), this.ends.b.nextAt());
      if (next > untilNs || next === Number.POSITIVE_INFINITY) break;
      this.now = Math.max(this.now, next);
      const arrived = arrival === next ? this.#air.shift() : undefined;
      if (arrived !== undefined) {
        this.take(arrived.to, { kind: 'segment', bytes: arrived.bytes });
      } else this.take(this.ends.a.nextAt() === next ? 'a' : 'b', TIMER_DUE);
    }
    if (untilNs < Number.POSITIVE_INFINITY) this.now = untilNs;
  }

  /** The kinds of the events at an end, in order; for a drop, its reason instead. */
  kinds(end: LtpEnd): readonly string[] {
    return this.events
      .filter((event) => event.end === end)
      .map((event) => (event.kind === 'drop' ? event.reason : event.kind));
  }

  #send(from: LtpEnd, bytes: Uint8Array): void {
    const sent = { at: this.now, from, bytes };
    this.sent.push(sent);
    if (this.loses(sent, this.sent.length - 1)) return;
    const to = from === 'a' ? 'b' : 'a';
    this.#air.push({ at: this.now + this.leavesIn(bytes) + this.#owltNs, to, bytes });
    this.#air.sort((one, other) => one.at - other.at);
  }
}

/** The input that makes an engine send a block. */
export function sendBlockInput(block: Uint8Array, redBytes: number, session: number): LtpInput {
  return { kind: 'send', session, block, redBytes, dscp: 0 };
}

/** A block of bytes in which each value depends on its index. */
export function patternBlock(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251);
}
