/**
 * A session with one peer: agrees on keys (Noise IK), seals and opens frames, rekeys without loss
 * (docs/spec/gateway-frame.md; ). Sans-io: bytes and time in, frames
 * and events out through a {@link SessionSink}; no sockets, no timers, no paths.
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
 * Handshakes are in `key-exchange.ts`, epochs and their frames here. Each side seals under an epoch
 * only when the other side can open it, and keeps the old epoch for an overlap after the new one's
 * first frame, so that nothing in flight is lost.
 *
 * A received frame passes a flat list of checks: peer (by which the caller found this session),
 * epoch, authenticity, age, window, rate. Only an authentic frame touches window, epochs or
 * counters, and only a new one is charged, so that forged or repeated frames use up none of the
 * peer's budget.
 *
 * @module
 */

import { BackOff } from '../_kit/back-off.ts';
import type { AdmissionControl } from './admission/admission.ts';
import type { FrameDropReason } from './drops.ts';
import { EpochRing } from './epochs.ts';
import {
  FRAME_OVERHEAD_BYTES_MAX,
  FRAME_TYPE,
  HANDSHAKE_RETRY_BACKOFF,
  HELD_FRAMES_MAX,
  KEY_LIFETIME_FACTOR,
  OFFERED_EPOCH_NS_MAX,
  SEQUENCE_END,
} from './geometry.ts';
import { KeyExchange } from './key-exchange.ts';
import { checkFrameAge } from './replay/age.ts';
import { PeerClockWatch } from './replay/clock-watch.ts';
import type { ClockReadings, EpochKeys, HeldFrame, SessionOptions } from './session-parts.ts';
import { FrameHeader } from './wire.ts';

const EMPTY = new Uint8Array(0);

/**
 * The result of {@link Session.open}: the length of the plaintext, the drop reason, or that the
 * frame waits.
 */
export type FrameOpenResult = number | FrameDropReason | 'held';

/** The keys and epochs shared with one peer; exists as long as the peer is configured. */
export class Session {
  /** The peer's clock, compared with ours. */
  readonly clock = new PeerClockWatch();
  readonly #options: SessionOptions;
  readonly #ring: EpochRing<EpochKeys>;
  readonly #exchange: KeyExchange;
  /** Repeats the confirmation until the peer uses the new epoch. */
  readonly #confirmation = new BackOff(HANDSHAKE_RETRY_BACKOFF);
  readonly #scratch = new Uint8Array(FRAME_OVERHEAD_BYTES_MAX);
  readonly #header = new FrameHeader();
  #held: HeldFrame[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    const { overlapNs } = options.limits;
    this.#ring = new EpochRing<EpochKeys>(
      { overlapNs, unconfirmedNs: OFFERED_EPOCH_NS_MAX },
      (keys) => {
        options.windows.retire(keys.epoch);
        keys.cipher.wipe();
      },
    );
    this.#exchange = new KeyExchange({
      options,
      ring: this.#ring,
      adopt: (keys, moment): void => this.#adopt(keys, moment),
    });
  }

  /** True when frames can be sealed. */
  get isOpen(): boolean {
    return this.#ring.current !== undefined;
  }

  /** Epoch that frames are sealed under now, or undefined. */
  get epoch(): number | undefined {
    return this.#ring.current?.epoch;
  }

  /** When {@link Session.tick} must be called next, monotonic ns; Infinity if it need not be. */
  get deadlineNs(): number {
    return Math.min(
      this.#ring.deadlineNs,
      this.#exchange.dueNs,
      this.#confirmation.dueNs,
      this.#rekeyAtNs(),
      this.#deathNs(),
    );
  }

  /**
   * Requests keys, or new ones: sends an opening and repeats it until it is answered. Does nothing
   * during a handshake or an overlap, which it would disturb.
   */
  connect(moment: ClockReadings): void {
    this.#ring.expire(moment.nowNs);
    if (!this.#mayStartHandshake(moment.nowNs)) return;
    this.#exchange.start(moment);
  }

  /**
   * Seals one frame into `target` at `offset`. Consecutive calls get consecutive sequences of one
   * epoch, as the fragments of a packet require.
   * @param header The caller sets type, timestamp, fragment and fragments; epoch and sequence are
   *   set here.
   * @param plaintext Must not overlap the frame's bytes in `target`, up to 51 more than the plaintext
   * has.
   * @returns the frame's length, bytes, or why it cannot be sealed.
   */
  seal(
    header: FrameHeader,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number | FrameDropReason {
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
    const { measured } = this.#options;
    const beganNs = measured?.begin() ?? -1;
    const sealed = keys.cipher.seal(header, plaintext, target, offset);
    measured?.frameSealed(header.type, plaintext.length, beganNs);
    return sealed;
  }

  /**
   * Opens one decoded frame of any type but `handshake`.
   * @param buffer The buffer it was decoded in.
   * @param target Gets the plaintext at its start; must not overlap `buffer`.
   * @returns the plaintext's length, the drop reason, or `held`: the frame was kept and is delivered by
   * `sink.deliverHeld` once the replay window's bound is durable.
   */
  open(
    header: FrameHeader,
    buffer: Uint8Array,
    target: Uint8Array,
    moment: ClockReadings,
  ): FrameOpenResult {
    const { measured } = this.#options;
    const keys = this.#keysOf(header, moment);
    if (typeof keys === 'string') return keys;
    // authenticate first; up to this line the frame's content has changed nothing.
    const openedNs = measured?.begin() ?? -1;
    const length = keys.cipher.open(header, buffer, target);
    measured?.frameOpened(header.type, length, openedNs);
    if (length < 0) return 'bad-auth';
    return this.#authentic(keys, header, target.subarray(0, length), moment);
  }

  /**
   * Finds the key with which another thread is to open a frame, if the frame passes admission.
   * @returns the number of its key, or the drop reason.
   */
  keyElsewhere(header: FrameHeader, moment: ClockReadings): number | FrameDropReason {
    const keys = this.#keysOf(header, moment);
    return typeof keys === 'string' ? keys : (keys.cipher.openerKey ?? 'no-session');
  }

  /** Opens a frame here that another thread was to open. @returns the plaintext's length; -1 if there is none. */
  decrypt(key: number, header: FrameHeader, buffer: Uint8Array, target: Uint8Array): number {
    return this.#keysWithOpener(key, header)?.cipher.open(header, buffer, target) ?? -1;
  }

  /**
   * Takes a frame that another thread has opened; only now does the window check its number.
   * @param key The number of the key that opened it: meanwhile, its epoch may have got other keys.
   * @param plaintext Undefined if the frame is not from the peer.
   * @returns as {@link Session.open}.
   */
  openedElsewhere(
    key: number,
    header: FrameHeader,
    plaintext: Uint8Array | undefined,
    moment: ClockReadings,
  ): FrameOpenResult {
    const length = plaintext?.length ?? -1;
    this.#options.measured?.frameOpened(header.type, length, -1);
    const keys = this.#keysWithOpener(key, header);
    // The key was retired meanwhile, so a frame that could not be opened need not be forged.
    if (keys === undefined) return this.isOpen ? 'epoch-unknown' : 'no-session';
    if (plaintext === undefined) return 'bad-auth';
    return this.#authentic(keys, header, plaintext, moment);
  }

  #keysWithOpener(key: number, { epoch }: FrameHeader): EpochKeys | undefined {
    const keys = this.#ring.find(epoch);
    return keys?.cipher.openerKey === key ? keys : undefined;
  }

  #keysOf(header: FrameHeader, moment: ClockReadings): EpochKeys | FrameDropReason {
    if (!this.#options.admission.frameCame(moment.nowNs)) return 'rate-limited';
    const keys = this.#ring.find(header.epoch);
    return keys ?? (this.isOpen ? 'epoch-unknown' : 'no-session');
  }

  #authentic(
    keys: EpochKeys,
    header: FrameHeader,
    plaintext: Uint8Array,
    moment: ClockReadings,
  ): FrameOpenResult {
    const { admission, measured } = this.#options;
    const stale = checkFrameAge(header.timestamp, moment.clockUs, this.#options.limits.age);
    const ageUs = moment.clockUs - header.timestamp;
    if (stale !== undefined) {
      this.clock.refused(ageUs);
      return stale;
    }
    const checkedNs = measured?.begin() ?? -1;
    const verdict = keys.guard.accept(header.sequence);
    measured?.frameChecked(checkedNs);
    if (verdict === 'held') return this.#hold(header, plaintext.slice());
    if (verdict !== 'fresh') return verdict;
    if (!admission.frameAccepted(moment.nowNs)) return 'rate-limited';
    this.clock.accepted(ageUs);
    this.#accepted(keys, header, plaintext.length, moment);
    return plaintext.length;
  }

  /** Takes one decoded frame of type `handshake`. @returns the drop reason, if it is dropped. */
  receiveHandshake(
    header: FrameHeader,
    buffer: Uint8Array,
    moment: ClockReadings,
  ): FrameDropReason | undefined {
    return this.#exchange.receive(header, buffer, moment);
  }

  /** True when an epoch's window would judge the number a replay; changes nothing. */
  hasSeen(epoch: number, sequence: number): boolean {
    return this.#ring.find(epoch)?.guard.check(sequence) === 'replay';
  }

  /** Does everything that is due: ends overlaps, repeats messages, starts a rekey. */
  tick(moment: ClockReadings): void {
    const { nowNs } = moment;
    this.#ring.expire(nowNs);
    if (nowNs >= this.#deathNs()) this.#ring.clear();
    this.#exchange.tick(moment);
    if (nowNs >= this.#confirmation.dueNs) this.#sendConfirmation(moment);
    if (this.#isRekeyDue(nowNs)) this.connect(moment);
  }

  /** Retries the held frames: the windows' bound has become durable. */
  retryHeld(moment: ClockReadings): void {
    const frames = this.#held;
    this.#held = [];
    for (const held of frames) {
      const reason = this.#retry(held, moment);
      if (reason !== undefined) this.#options.sink.dropHeld(held.header, reason);
    }
  }

  /** Frames waiting for the replay window's durable bound. */
  get held(): readonly HeldFrame[] {
    return this.#held;
  }

  #retry({ header, plaintext }: HeldFrame, moment: ClockReadings): FrameDropReason | undefined {
    const keys = this.#ring.find(header.epoch);
    if (keys === undefined) return 'epoch-unknown';
    const verdict = keys.guard.accept(header.sequence);
    if (verdict === 'held') {
      this.#hold(header, plaintext);
      return undefined;
    }
    if (verdict !== 'fresh') return verdict;
    if (!this.#options.admission.frameAccepted(moment.nowNs)) return 'rate-limited';
    this.#accepted(keys, header, plaintext.length, moment);
    this.#options.sink.deliverHeld(header, plaintext);
    return undefined;
  }

  /** Erases all keys and windows; the session can connect again. */
  close(): void {
    this.#exchange.close();
    this.#confirmation.stop();
    this.#ring.clear();
    this.#held = [];
  }

  /** Returns the name of a broken invariant; undefined if none is broken. */
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

  /** The budgets of the peer. */
  get admission(): AdmissionControl {
    return this.#options.admission;
  }

  /** When the keys that seal were agreed, ns; undefined without keys. */
  get agreedNs(): number | undefined {
    return this.#ring.current?.agreedNs;
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
      opening: this.#exchange.isOpening,
      previousEpoch: previous?.epoch,
      sealedBytes: current?.sealedBytes,
      sequence: current?.nextSequence,
    };
  }

  #accepted(keys: EpochKeys, header: FrameHeader, length: number, moment: ClockReadings): void {
    this.#options.windows.lastNs = moment.nowNs;
    keys.openedBytes += length;
    if (keys.openedBytes >= keys.wakeBytes) this.#wakeOnce(keys);
    if (!keys.isConfirmed) this.#confirmed(keys, moment);
    // The initiator repeats its confirmation until we send something, even if we have no data to
    // send.
    const isConfirmation = header.type === FRAME_TYPE.control && length === 0;
    if (isConfirmation && keys.role === 'responder') this.#sealConfirmation(moment);
  }

  #confirmed(keys: EpochKeys, moment: ClockReadings): void {
    const isPromoted = this.#ring.confirm(keys, moment.nowNs);
    this.#confirmation.stop();
    this.#options.sink.noted?.('confirmed', keys.epoch);
    // The opening of this side ends here and not when this side answers: a restarted gateway cannot
    // tell a replayed opening from a new one, but only the peer can confirm.
    if (isPromoted) {
      this.#exchange.abandon();
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

  /**
   * Called when the peer has answered and so has the keys: this side seals under them from now on,
   * and proves to the peer that it has them.
   */
  #adopt(keys: EpochKeys, moment: ClockReadings): void {
    const { sink } = this.#options;
    this.#ring.adopt(keys);
    sink.established(keys.epoch, keys.role);
    this.#confirmation.start(moment.nowNs);
    this.#sendConfirmation(moment);
    sink.wake();
  }

  /** Sends an empty control frame under the new epoch, which proves to the peer that we have the epoch's keys. */
  #sendConfirmation(moment: ClockReadings): void {
    this.#confirmation.attempted(moment.nowNs);
    this.#sealConfirmation(moment);
  }

  #sealConfirmation(moment: ClockReadings): void {
    const header = this.#header;
    header.type = FRAME_TYPE.control;
    header.timestamp = moment.clockUs;
    header.fragment = 0;
    header.fragments = 1;
    const length = this.seal(header, EMPTY, this.#scratch, 0);
    if (typeof length === 'number') this.#options.sink.send(this.#scratch.subarray(0, length));
  }

  /** True when an opening would not collide with another handshake or an overlap. */
  #mayStartHandshake(nowNs: number): boolean {
    const { current, next, previous } = this.#ring;
    if (this.#exchange.isBusy || next !== undefined) return false;
    if (current === undefined) return true;
    // A second opening would replace the peer's `next` before our first frame has reached it.
    return current.isConfirmed ? previous === undefined : nowNs >= current.rekeyAtNs;
  }

  /** When the age of the key alone requires a rekey, provided that nothing blocks it. */
  #rekeyAtNs(): number {
    const { current } = this.#ring;
    const isPossible = current !== undefined && this.#mayStartHandshake(current.rekeyAtNs);
    return isPossible ? current.rekeyAtNs : Number.POSITIVE_INFINITY;
  }

  #isRekeyDue(nowNs: number): boolean {
    const { current } = this.#ring;
    if (current === undefined) return false;
    if (nowNs >= current.rekeyAtNs) return true;
    return Math.max(current.sealedBytes, current.openedBytes) >= current.rekeyBytes;
  }

  /** When the current key expires, whether or not a rekey has happened. */
  #deathNs(): number {
    const { current } = this.#ring;
    return current === undefined ? Number.POSITIVE_INFINITY : current.deathNs;
  }
}
