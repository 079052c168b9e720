/**
 * A session with one peer: agrees on keys (Noise IK), seals and opens frames, rekeys without loss
 * (spec/seed-systems.md 2.5; ). Sans-io: bytes and time in, frames and
 * events out through a {@link SessionSink}; no sockets, no timers, no paths.
 *
 * ```text
 *   initiator                                             responder
 *   opening (epoch proposed)            ->
 *                                       <-                answer (epoch agreed); epoch is `next`:
 *   epoch is `current`: seals under it                    it opens frames, but seals under the old
 *   confirmation, empty control frame   ->                epoch is `current`
 *   first frame of the epoch: confirmed                   `previous` is accepted for the overlap
 * ```
 *
 * Openings leave in a few copies on disjoint paths; each copy gets the one answer back on its way, and
 * every further copy of anything is dropped by name. What waits for the disk goes on when the disk is
 * done, not at the next repetition.
 *
 * Each side seals under an epoch only when the other can open it, and keeps the old one until an
 * overlap after the first frame of the new: nothing in flight is lost. Messages repeat with back-off.
 * When both open at once, the opening of the side with the lower static key wins.
 *
 * Receipt is a flat list: peer (the caller found this session by it), rate, epoch, authenticity,
 * age, window. Only an authentic frame touches window, epochs or counters.
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
import { EpochRing } from './epochs.ts';
import {
  EPOCH_JUMP_MAX,
  FRAME_OVERHEAD_MAX,
  FRAME_TYPE,
  HANDSHAKE_RATE_BURST,
  HANDSHAKE_RATE_PER_SECOND,
  HANDSHAKE_RETRY_NS,
  HANDSHAKE_SENDINGS_MAX,
  HELD_FRAMES_MAX,
  KEY_LIFETIME_FACTOR,
  SEQUENCE_END,
  UNCONFIRMED_NS,
} from './geometry.ts';
import { TokenBucket } from './rate-limit.ts';
import { checkAge } from './replay/age.ts';
import {
  type Answered,
  EpochKeys,
  type HeldFrame,
  type Moment,
  type Postponed,
  type SessionOptions,
} from './session-parts.ts';
import { FrameHeader } from './wire.ts';

const EMPTY = new Uint8Array(0);

/** What {@link Session.open} says: the plaintext's length, the drop, or that the frame waits. */
export type OpenResult = number | FrameDrop | 'held';

/** One session; lives as long as its peer is configured. */
export class Session {
  readonly #options: SessionOptions;
  readonly #ring: EpochRing<EpochKeys>;
  readonly #bucket: TokenBucket | undefined;
  readonly #handshakes = new TokenBucket({
    perSecond: HANDSHAKE_RATE_PER_SECOND,
    burst: HANDSHAKE_RATE_BURST,
  });
  /** Repeats our opening; running while keys are wanted. */
  readonly #opening = new Backoff();
  /** Repeats the confirmation until the peer uses the new epoch. */
  readonly #confirmation = new Backoff();
  readonly #scratch = new Uint8Array(FRAME_OVERHEAD_MAX);
  readonly #header = new FrameHeader();
  #open: OpenHandshake | undefined;
  #answered: Answered | undefined;
  #postponed: Postponed | undefined;
  /** Highest epoch proposed to us or agreed, and latest timestamp of a message of the peer. */
  #proposalMax = 0;
  #timestampMax = 0;
  #held: HeldFrame[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    const { overlapNs, rate } = options.limits;
    this.#bucket = rate === undefined ? undefined : new TokenBucket(rate);
    this.#ring = new EpochRing<EpochKeys>({ overlapNs, unconfirmedNs: UNCONFIRMED_NS }, (keys) =>
      options.windows.retire(keys.epoch),
    );
  }

  /** True when frames can be sealed. */
  get isOpen(): boolean {
    return this.#ring.current !== undefined;
  }

  /** Epoch that frames are sealed under now, or undefined. */
  get epoch(): number | undefined {
    return this.#ring.current?.epoch;
  }

  /** When {@link Session.tick} has work next, monotonic ns; Infinity when it has none. */
  get deadlineNs(): number {
    return Math.min(
      this.#ring.deadlineNs,
      this.#opening.dueNs,
      this.#confirmation.dueNs,
      this.#rekeyAtNs(),
      this.#deathNs(),
    );
  }

  /**
   * Asks for keys, or for fresh ones: sends an opening, and repeats it until there is an answer.
   * Does nothing while a handshake or an overlap is under way, which it could only harm.
   */
  connect(moment: Moment): void {
    this.#ring.expire(moment.nowNs);
    if (!this.#mayOpen(moment.nowNs)) return;
    this.#opening.start(moment.nowNs);
    this.#sendOpening(moment);
  }

  /**
   * Seals one frame into `target` at `offset`. Consecutive calls get consecutive sequences of one
   * epoch, as the fragments of a packet need.
   * @param header The caller sets type, timestamp, fragment and fragments; epoch and sequence are
   *   set here.
   * @param plaintext Must not overlap the frame's place; `target` needs 51 bytes more than it.
   * @returns the frame's length, bytes, or why it cannot be sealed.
   */
  seal(
    header: FrameHeader,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number | FrameDrop {
    const keys = this.#ring.current;
    if (keys === undefined) return 'no-session';
    // the counter is the nonce; it never goes back and ends before it could wrap.
    if (keys.nextSequence >= SEQUENCE_END) return 'key-exhausted';
    if (keys.sealedBytes >= KEY_LIFETIME_FACTOR * this.#options.limits.rekeyBytes) {
      return 'key-exhausted';
    }
    header.epoch = keys.epoch;
    header.sequence = keys.nextSequence++;
    keys.sealedBytes += plaintext.length;
    if (keys.sealedBytes >= keys.wakeBytes) this.#wakeOnce(keys);
    return keys.cipher.seal(header, plaintext, target, offset);
  }

  /**
   * Opens one decoded frame of any type but `handshake`.
   * @param buffer Where the frame was decoded.
   * @param target Gets the plaintext at its start; must not overlap `buffer`.
   * @returns its length, why the frame is dropped, or `held`: it was kept and comes by
   *   `sink.deliverHeld` when the replay window's bound is durable.
   */
  open(header: FrameHeader, buffer: Uint8Array, target: Uint8Array, moment: Moment): OpenResult {
    if (this.#bucket !== undefined && !this.#bucket.take(moment.nowNs)) return 'rate-limited';
    const keys = this.#ring.find(header.epoch);
    if (keys === undefined) return this.isOpen ? 'epoch-unknown' : 'no-session';
    // authenticate first; nothing before this line has changed because of the frame's content.
    const length = keys.cipher.open(header, buffer, target);
    if (length < 0) return 'bad-auth';
    const stale = checkAge(header.timestamp, moment.clockUs, this.#options.limits.age);
    if (stale !== undefined) return stale;
    const verdict = keys.guard.accept(header.sequence);
    if (verdict === 'held') return this.#hold(header, target.slice(0, length));
    if (verdict !== 'fresh') return verdict;
    this.#accepted(keys, header, length, moment);
    return length;
  }

  /** Takes one decoded frame of type `handshake`. @returns why it is dropped, if it is. */
  receiveHandshake(header: FrameHeader, buffer: Uint8Array, moment: Moment): FrameDrop | undefined {
    const isFirst = isOpening(header);
    if (isFirst === undefined) return 'malformed-range';
    // Before any Diffie-Hellman work: a flood costs at most ten handshakes a second.
    if (!this.#handshakes.take(moment.nowNs)) return 'rate-limited';
    if (isFirst) return this.#receiveOpening(header, buffer, moment);
    return this.#receiveAnswer(header, buffer, moment);
  }

  /** Does what is due: ends overlaps, repeats messages, starts a rekey. */
  tick(moment: Moment): void {
    const { nowNs } = moment;
    this.#ring.expire(nowNs);
    if (nowNs >= this.#deathNs()) this.#ring.clear();
    if (nowNs >= this.#opening.dueNs || this.#lacksEpoch) this.#sendOpening(moment);
    this.#answerPostponed(moment);
    if (nowNs >= this.#confirmation.dueNs) this.#sendConfirmation(moment);
    if (this.#isRekeyDue(nowNs)) this.connect(moment);
  }

  /** Tries the held frames again: the windows' bound has become durable. */
  retryHeld(moment: Moment): void {
    const frames = this.#held;
    this.#held = [];
    for (const { header, plaintext } of frames) {
      const keys = this.#ring.find(header.epoch);
      const verdict = keys?.guard.accept(header.sequence);
      if (verdict === 'held') this.#hold(header, plaintext);
      if (keys === undefined || verdict !== 'fresh') continue;
      this.#accepted(keys, header, plaintext.length, moment);
      this.#options.sink.deliverHeld(header, plaintext);
    }
  }

  /** Forgets all keys and windows; the session can connect anew. */
  close(): void {
    this.#abandon();
    this.#forgetPostponed();
    this.#confirmation.stop();
    this.#ring.clear();
    this.#held = [];
    this.#answered = undefined;
  }

  /** Names a broken invariant, or undefined. */
  invariant(): string | undefined {
    const { previous, current, next } = this.#ring;
    const epochs = [previous, current, next].flatMap((keys) => (keys ? [keys.epoch] : []));
    const isAscending = epochs.every(
      (epoch, index) => index === 0 || epoch > (epochs[index - 1] ?? 0),
    );
    if (!isAscending) return `epochs are not ascending: ${epochs.join(', ')}`;
    if ((current?.nextSequence ?? 0) > SEQUENCE_END) return 'sequence beyond 2^53';
    return undefined;
  }

  /** Plain data for a status page; no keys. */
  status(): Readonly<Record<string, unknown>> {
    const { previous, current, next } = this.#ring;
    return {
      epoch: current?.epoch,
      held: this.#held.length,
      isConfirmed: current?.isConfirmed,
      nextEpoch: next?.epoch,
      openedBytes: current?.openedBytes,
      opening: this.#opening.isRunning,
      previousEpoch: previous?.epoch,
      sealedBytes: current?.sealedBytes,
      sequence: current?.nextSequence,
    };
  }

  #accepted(keys: EpochKeys, header: FrameHeader, length: number, moment: Moment): void {
    this.#options.windows.lastNs = moment.nowNs;
    keys.openedBytes += length;
    if (keys.openedBytes >= keys.wakeBytes) this.#wakeOnce(keys);
    if (!keys.isConfirmed) this.#confirmed(keys, moment);
    // The initiator repeats its confirmation until it hears from us, even if we have nothing to say.
    const isConfirmation = header.type === FRAME_TYPE.control && length === 0;
    if (isConfirmation && keys.role === 'responder') this.#sealConfirmation(moment);
  }

  #confirmed(keys: EpochKeys, moment: Moment): void {
    const isPromoted = this.#ring.confirm(keys, moment.nowNs);
    this.#confirmation.stop();
    // Our own opening ends here and not with our answer: a restarted gateway cannot tell an old
    // opening that is replayed from a new one, but only the peer can confirm.
    if (isPromoted) {
      this.#abandon();
      this.#options.sink.established(keys.epoch, keys.role);
    }
    this.#options.sink.wake();
  }

  #hold(header: FrameHeader, plaintext: Uint8Array): 'held' | 'reserve-full' {
    if (this.#held.length >= HELD_FRAMES_MAX) return 'reserve-full';
    this.#held.push({ header: Object.assign(new FrameHeader(), header), plaintext });
    return 'held';
  }

  #wakeOnce(keys: EpochKeys): void {
    keys.wakeBytes = Number.POSITIVE_INFINITY;
    this.#options.sink.wake();
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
    const { epochs, sink } = this.#options;
    epochs.skip(header.epoch);
    // Openings of the peer from before this answer are replays, also when we have forgotten them.
    this.#noteStamp(header);
    this.#abandon();
    this.#forgetPostponed();
    const role = 'initiator';
    const { nowNs } = moment;
    this.#ring.adopt(this.#epochKeys(keys, { epoch: header.epoch, role, nowNs }));
    sink.established(header.epoch, role);
    this.#confirmation.start(nowNs);
    this.#sendConfirmation(moment);
    sink.wake();
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

  /** An empty control frame under the new epoch: the peer's proof that we have its keys. */
  #sendConfirmation(moment: Moment): void {
    this.#confirmation.sent(moment.nowNs);
    this.#sealConfirmation(moment);
  }

  #sealConfirmation(moment: Moment): void {
    const header = this.#header;
    header.type = FRAME_TYPE.control;
    header.timestamp = moment.clockUs;
    header.fragment = 0;
    header.fragments = 1;
    const length = this.seal(header, EMPTY, this.#scratch, 0);
    if (typeof length === 'number') this.#options.sink.send(this.#scratch.subarray(0, length));
  }

  /** Gives up our own opening. */
  #abandon(): void {
    this.#open?.noise.wipe();
    this.#open = undefined;
    this.#opening.stop();
  }

  /** True when an opening would not meet another handshake or an overlap. */
  #mayOpen(nowNs: number): boolean {
    const { current, next, previous } = this.#ring;
    if (this.#opening.isRunning || next !== undefined) return false;
    if (this.#postponed !== undefined) return false;
    if (current === undefined) return true;
    // A second opening would replace the `next` of the peer before our first frame has reached it.
    return current.isConfirmed ? previous === undefined : nowNs >= current.rekeyAtNs;
  }

  /** When age alone asks for a rekey, as far as nothing else is in its way. */
  #rekeyAtNs(): number {
    const { current } = this.#ring;
    const isPossible = current !== undefined && this.#mayOpen(current.rekeyAtNs);
    return isPossible ? current.rekeyAtNs : Number.POSITIVE_INFINITY;
  }

  #isRekeyDue(nowNs: number): boolean {
    const { current } = this.#ring;
    if (current === undefined) return false;
    if (nowNs >= current.rekeyAtNs) return true;
    return Math.max(current.sealedBytes, current.openedBytes) >= current.rekeyBytes;
  }

  /** When the current key dies, rekeyed or not. */
  #deathNs(): number {
    const { current } = this.#ring;
    return current === undefined ? Number.POSITIVE_INFINITY : current.deathNs;
  }
}
