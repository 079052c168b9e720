/**
 * The handshakes of a session: our own opening and its answer, openings of the peer and what they are
 * answered with (spec/seed-systems.md 2.5; ). Sans-io as the session; seals
 * and opens no frames, and knows of epochs only what the ring holds.
 *
 * Openings leave in a few copies on disjoint paths; each copy gets the one answer back on its way, and
 * every further copy of anything is dropped by name. What waits for the disk goes on when the disk is
 * done, not at the next repetition. Messages repeat with back-off. When both open at once, the opening
 * of the side with the lower static key wins.
 *
 * @module
 */
import { compareBytes, equalBytes } from '../_kit/bytes.ts';
import type { SessionKeys } from '../noise/index.ts';
import { Backoff } from './backoff.ts';
import {
  answerHandshake,
  FrameCipher,
  isOpening,
  type OpenHandshake,
  openHandshake,
  readAnswer,
  readOpening,
} from './crypto.ts';
import type { FrameDrop } from './drops.ts';
import type { EpochRing } from './epochs.ts';
import {
  EPOCH_JUMP_MAX,
  HANDSHAKE_RATE_BURST,
  HANDSHAKE_RATE_PER_SECOND,
  HANDSHAKE_RETRY_NS,
  HANDSHAKE_SENDINGS_MAX,
} from './geometry.ts';
import { TokenBucket } from './rate-limit.ts';
import {
  type Answered,
  EpochKeys,
  type Moment,
  type Postponed,
  type SessionOptions,
} from './session-parts.ts';
import type { FrameHeader } from './wire.ts';

/** What an exchange is made of. */
export interface KeyExchangeParts {
  readonly options: SessionOptions;
  /** Of the session; keys that an answer of ours agreed on are offered to it here. */
  readonly ring: EpochRing<EpochKeys>;
  /** The peer answered: these are the keys to seal under. */
  readonly adopt: (keys: EpochKeys, moment: Moment) => void;
}

/** See the module. */
export class KeyExchange {
  readonly #parts: KeyExchangeParts;
  readonly #options: SessionOptions;
  readonly #ring: EpochRing<EpochKeys>;
  readonly #handshakes = new TokenBucket({
    perSecond: HANDSHAKE_RATE_PER_SECOND,
    burst: HANDSHAKE_RATE_BURST,
  });
  /** Repeats our opening; running while keys are wanted. */
  readonly #opening = new Backoff();
  #open: OpenHandshake | undefined;
  #answered: Answered | undefined;
  #postponed: Postponed | undefined;
  /** Highest epoch proposed to us or agreed, and latest timestamp of a message of the peer. */
  #proposalMax = 0;
  #timestampMax = 0;

  constructor(parts: KeyExchangeParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#ring = parts.ring;
  }

  /** True while keys are wanted. */
  get isOpening(): boolean {
    return this.#opening.isRunning;
  }

  /** True while an opening waits for an answer, the peer's or ours. */
  get isBusy(): boolean {
    return this.#opening.isRunning || this.#postponed !== undefined;
  }

  /** When {@link KeyExchange.tick} has work next, monotonic ns; Infinity when it has none. */
  get dueNs(): number {
    return this.#opening.dueNs;
  }

  /** Sends an opening, and repeats it until there is an answer. */
  start(moment: Moment): void {
    this.#opening.start(moment.nowNs);
    this.#sendOpening(moment);
  }

  /** Takes one decoded frame of type `handshake`. @returns why it is dropped, if it is. */
  receive(header: FrameHeader, buffer: Uint8Array, moment: Moment): FrameDrop | undefined {
    const isFirst = isOpening(header);
    if (isFirst === undefined) return 'malformed-range';
    // Before any Diffie-Hellman work: a flood costs at most ten handshakes a second.
    if (!this.#handshakes.take(moment.nowNs)) return 'rate-limited';
    if (isFirst) return this.#receiveOpening(header, buffer, moment);
    return this.#receiveAnswer(header, buffer, moment);
  }

  /** Repeats what is due, and answers what waited for the disk. */
  tick(moment: Moment): void {
    if (moment.nowNs >= this.#opening.dueNs || this.#lacksEpoch) this.#sendOpening(moment);
    this.#answerPostponed(moment);
  }

  /** Gives up our own opening. */
  abandon(): void {
    this.#open?.noise.wipe();
    this.#open = undefined;
    this.#opening.stop();
  }

  /** Forgets all handshakes; what was seen stays known, so that nothing can be replayed. */
  close(): void {
    this.abandon();
    this.#forgetPostponed();
    this.#answered = undefined;
  }

  /** True while an opening is wanted and the disk has not yet confirmed its epoch. */
  get #lacksEpoch(): boolean {
    return this.#opening.isRunning && this.#open === undefined;
  }

  #sendOpening(moment: Moment): void {
    const isSpent =
      this.#opening.sendings >= HANDSHAKE_SENDINGS_MAX || this.#open?.noise.isComplete === true;
    if (this.#open === undefined || isSpent) this.#renewOpening(moment);
    if (this.#open === undefined) {
      this.#opening.postpone(moment.nowNs);
      return;
    }
    this.#opening.sent(moment.nowNs);
    this.#options.sink.spread(this.#open.frame);
    this.#options.sink.noted?.('opening-sent', this.#open.epoch);
  }

  #renewOpening(moment: Moment): void {
    const { epochs } = this.#options;
    this.#open?.noise.wipe();
    const epoch = epochs.take(epochs.next);
    this.#opening.renew();
    this.#open =
      epoch === undefined
        ? undefined
        : openHandshake(this.#options, { epoch, timestamp: moment.clockUs });
  }

  #receiveOpening(header: FrameHeader, buffer: Uint8Array, moment: Moment): FrameDrop | undefined {
    const frame = buffer.subarray(header.start, header.body + header.bodyLength);
    const answered = this.#answered;
    if (answered !== undefined && equalBytes(frame, answered.opening)) {
      return this.#answerAgain(answered);
    }
    if (this.#postponed !== undefined && equalBytes(frame, this.#postponed.frame)) {
      this.#answerPostponed(moment);
      return this.#postponed === undefined ? undefined : 'epoch-not-durable';
    }
    const opening = readOpening(this.#options, header, buffer);
    if (typeof opening === 'string') return opening;
    const reason = this.#checkOpening(header) ?? this.#checkCollision(moment);
    if (reason !== undefined) {
      opening.noise.wipe();
      return reason;
    }
    const { epoch, timestamp } = header;
    this.#noteStamp(header);
    this.#forgetPostponed();
    this.#postponed = { opening, epoch, timestamp, frame: frame.slice() };
    this.#options.sink.noted?.('opening-received', epoch);
    const answer = this.#answer(moment);
    if (answer !== undefined) this.#options.sink.send(answer);
    return undefined;
  }

  /**
   * A peer that has crashed proposes an epoch beyond what we have reserved. Its opening waits for
   * our disk, not for its own next try; the way it came may be gone by then.
   */
  #answerPostponed(moment: Moment): void {
    const answer = this.#answer(moment);
    if (answer !== undefined) this.#options.sink.spread(answer);
  }

  #forgetPostponed(): void {
    this.#postponed?.opening.noise.wipe();
    this.#postponed = undefined;
  }

  #answerAgain(answered: Answered): FrameDrop | undefined {
    if (this.#ring.next?.epoch !== answered.epoch) return 'handshake-replay';
    this.#options.sink.send(answered.answer);
    return undefined;
  }

  /** The first message of IK can be replayed (Noise section 7.7): it must be newer in some way. */
  #checkOpening(header: FrameHeader): FrameDrop | undefined {
    // The epoch is persisted by the peer and survives clocks that step back; the time survives a
    // lost disk. A replay has neither above what was seen.
    const isNewer = header.epoch > this.#proposalMax || header.timestamp > this.#timestampMax;
    if (!isNewer) return 'handshake-replay';
    if (header.epoch > this.#options.epochs.next + EPOCH_JUMP_MAX) return 'handshake-epoch';
    return undefined;
  }

  #noteStamp(header: FrameHeader): void {
    this.#proposalMax = Math.max(this.#proposalMax, header.epoch);
    this.#timestampMax = Math.max(this.#timestampMax, header.timestamp);
  }

  /** Both opened at once: the lower static key stays initiator, on both sides alike. */
  #checkCollision(moment: Moment): FrameDrop | undefined {
    if (this.#open === undefined) return undefined;
    const { identity, peerKey } = this.#options;
    if (compareBytes(identity.publicKey, peerKey) > 0) return undefined;
    // The peer is there: do not let it wait for a long back-off.
    const isOverdue = moment.nowNs - this.#opening.lastNs >= HANDSHAKE_RETRY_NS;
    if (isOverdue) this.#sendOpening(moment);
    return 'handshake-collision';
  }

  /** The answer to the opening that waits; undefined while its epoch is not durable. */
  #answer(moment: Moment): Uint8Array | undefined {
    const postponed = this.#postponed;
    if (postponed === undefined) return undefined;
    const epoch = this.#options.epochs.take(postponed.epoch);
    if (epoch === undefined) return undefined;
    this.#postponed = undefined;
    const { nowNs, clockUs } = moment;
    const stamp = { epoch, timestamp: clockUs };
    const { frame: answer, keys } = answerHandshake(postponed.opening, stamp);
    this.#answered = { epoch, opening: postponed.frame, answer };
    this.#ring.offer(this.#epochKeys(keys, { epoch, role: 'responder', nowNs }), nowNs);
    this.#options.sink.wake();
    this.#options.sink.noted?.('answer-sent', epoch);
    return answer;
  }

  #receiveAnswer(header: FrameHeader, buffer: Uint8Array, moment: Moment): FrameDrop | undefined {
    const open = this.#open;
    if (open === undefined) return 'handshake-unexpected';
    // A lower epoch than proposed would be a downgrade (spec/seed-systems.md 2.5, last trap).
    const isInRange = header.epoch >= open.epoch && header.epoch <= open.epoch + EPOCH_JUMP_MAX;
    if (!isInRange) return 'handshake-epoch';
    const keys = readAnswer(open, header, buffer);
    if (typeof keys === 'string') return keys;
    this.#options.epochs.skip(header.epoch);
    // Openings of the peer from before this answer are replays, also when we have forgotten them.
    this.#noteStamp(header);
    this.abandon();
    this.#forgetPostponed();
    this.#options.sink.noted?.('answer-received', header.epoch);
    const made = { epoch: header.epoch, role: 'initiator', nowNs: moment.nowNs } as const;
    this.#parts.adopt(this.#epochKeys(keys, made), moment);
    return undefined;
  }

  #epochKeys(
    keys: SessionKeys,
    made: { readonly epoch: number; readonly role: EpochKeys['role']; readonly nowNs: number },
  ): EpochKeys {
    const { crypto, windows, limits } = this.#options;
    const cipher = new FrameCipher(crypto, keys);
    return new EpochKeys({ ...made, cipher, guard: windows.open(made.epoch), limits });
  }
}
