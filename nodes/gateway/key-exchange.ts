/**
 * The handshakes of a session: our own opening and its answer, and the peer's openings and our
 * answers to them (docs/spec/gateway-frame.md, "Handshake"; ). Sans-io
 * like the session; it seals and opens no frames, and knows only those epochs that the ring holds.
 *
 * A received message first passes the inexpensive checks: its length and MAC, whether it is expected,
 * and whether it is newer than the last. Then it is charged to a budget of `admission`; only after
 * that does Diffie-Hellman begin.
 *
 * Openings leave in a few copies on disjoint paths; the same answer returns on the path of each copy,
 * and every other copy of a message is dropped with a reason. A message that waits for a write to
 * disk is sent as soon as the write ends, not at the next repetition. Messages repeat with back-off.
 * When both sides open at the same time, the side with the lower static key wins.
 *
 * @module
 */
import { BackOff } from '../_kit/back-off.ts';
import { compareBytes } from '../_kit/bytes.ts';
import type { SessionKeys } from '../noise/index.ts';
import { CookieCipher } from './admission/cookie-cipher.ts';
import {
  HandshakeMacs,
  hasHandshakeMessageLength,
  openingMac,
} from './admission/handshake-macs.ts';
import {
  answerHandshake,
  beginHandshake,
  FrameCipher,
  readAnswer,
  readOpening,
  type SentOpening,
} from './crypto.ts';
import type { FrameDropReason } from './drops.ts';
import type { EpochRing } from './epochs.ts';
import {
  COOKIE_LIFE_NS,
  EPOCH_JUMP_MAX,
  HANDSHAKE_NO_PATH_NS,
  HANDSHAKE_RETRY_BACKOFF,
  HANDSHAKE_SENDINGS_MAX,
} from './geometry.ts';
import {
  type ClockReadings,
  EpochKeys,
  type LastAnsweredOpening,
  type PostponedOpening,
  type SessionOptions,
} from './session-parts.ts';
import { type FrameHeader, handshakeMessageKind } from './wire.ts';

/** What a {@link KeyExchange} needs of its session. */
export interface KeyExchangeParts {
  readonly options: SessionOptions;
  /** The session's epochs. Keys from a handshake that we answered are added to them as an offer. */
  readonly ring: EpochRing<EpochKeys>;
  /** The peer answered: seal under these keys from now on. */
  readonly adopt: (keys: EpochKeys, moment: ClockReadings) => void;
}

/** A cookie from the peer. */
interface Cookie {
  readonly bytes: Uint8Array;
  /** Creation time by the peer's clock, microseconds since 1970. */
  readonly timestamp: number;
  readonly untilNs: number;
}

/** The handshakes of one session, in both roles. */
export class KeyExchange {
  readonly #parts: KeyExchangeParts;
  readonly #options: SessionOptions;
  readonly #ring: EpochRing<EpochKeys>;
  readonly #macs: HandshakeMacs;
  readonly #seal: CookieCipher;
  /** Repeats our opening; runs while keys are wanted. */
  readonly #opening = new BackOff(HANDSHAKE_RETRY_BACKOFF);
  /** How often the present opening was sent, and when it was last sent. */
  #sendings = 0;
  #sentNs = 0;
  #open: SentOpening | undefined;
  #answered: LastAnsweredOpening | undefined;
  #postponed: PostponedOpening | undefined;
  /** Highest epoch that the peer proposed or agreed to, and latest timestamp in its messages. */
  #proposalMax = 0;
  #timestampMax = 0;
  /** The cookie that openings must contain while the peer is under load, and until when. */
  #cookie: Cookie | undefined;

  constructor(parts: KeyExchangeParts) {
    this.#parts = parts;
    this.#options = parts.options;
    this.#ring = parts.ring;
    const { crypto, identity, peerKey } = parts.options;
    this.#macs = new HandshakeMacs(crypto, { own: identity.publicKey, peer: peerKey });
    this.#seal = new CookieCipher(crypto, identity, peerKey);
  }

  /** True while this side wants new keys. */
  get isOpening(): boolean {
    return this.#opening.isRunning;
  }

  /** True while an opening waits for an answer, from the peer or from us. */
  get isBusy(): boolean {
    return this.#opening.isRunning || this.#postponed !== undefined;
  }

  /**
   * When {@link KeyExchange.tick} must be called next, monotonic ns; Infinity if it need not be.
   */
  get dueNs(): number {
    return this.#opening.dueNs;
  }

  /** Sends an opening, and repeats it until it is answered. */
  start(moment: ClockReadings): void {
    this.#opening.start(moment.nowNs);
    this.#sendings = 0;
    this.#sendOpening(moment);
  }

  /** Takes one decoded frame of type `handshake`. @returns the drop reason, if it is dropped. */
  receive(
    header: FrameHeader,
    buffer: Uint8Array,
    moment: ClockReadings,
  ): FrameDropReason | undefined {
    const kind = handshakeMessageKind(header);
    if (!this.#options.admission.messageCame(moment.nowNs)) return 'rate-limited';
    if (kind !== undefined && !hasHandshakeMessageLength(header, kind)) return 'handshake-length';
    switch (kind) {
      case 'opening':
        return this.#receiveOpening(header, buffer, moment);
      case 'answer':
        return this.#receiveAnswer(header, buffer, moment);
      case 'cookie':
        return this.#receiveCookie(header, buffer, moment);
      case undefined:
        return 'malformed-range';
    }
  }

  /** Repeats messages that are due, and answers openings that waited for the disk. */
  tick(moment: ClockReadings): void {
    if (moment.nowNs >= this.#opening.dueNs || this.#lacksEpoch) this.#sendOpening(moment);
    this.#answerPostponed(moment);
  }

  /** Gives up the opening of this side. */
  abandon(): void {
    this.#open?.noise.wipe();
    this.#open = undefined;
    this.#opening.stop();
  }

  /** Drops all handshakes, but remembers which messages were seen, so that none can be replayed. */
  close(): void {
    this.abandon();
    this.#forgetPostponed();
    this.#answered = undefined;
    this.#seal.close();
  }

  /** True while an opening is wanted and its epoch is not yet durable. */
  get #lacksEpoch(): boolean {
    return this.#opening.isRunning && this.#open === undefined;
  }

  #sendOpening(moment: ClockReadings): void {
    const isSpent =
      this.#sendings >= HANDSHAKE_SENDINGS_MAX || this.#open?.noise.isComplete === true;
    if (this.#open === undefined || isSpent) this.#renewOpening(moment);
    if (this.#open === undefined) {
      this.#opening.dueNs = moment.nowNs + HANDSHAKE_RETRY_BACKOFF.firstNs;
      return;
    }
    if (!this.#options.sink.spread(this.#open.frame)) {
      // Without a path, the wait does not grow, because the first path may be found whenever the
      // control service is asked again.
      this.#opening.dueNs = moment.nowNs + HANDSHAKE_NO_PATH_NS;
      return;
    }
    this.#opening.attempted(moment.nowNs);
    this.#sendings += 1;
    this.#sentNs = moment.nowNs;
    this.#options.sink.noted?.('opening-sent', this.#open.epoch);
  }

  #renewOpening({ nowNs, clockUs }: ClockReadings): void {
    const { epochs } = this.#options;
    this.#open?.noise.wipe();
    this.#open = undefined;
    const epoch = epochs.take(epochs.next);
    this.#sendings = 0;
    if (epoch === undefined) return;
    this.#open = beginHandshake(this.#options, { epoch, timestamp: clockUs });
    this.#macs.signOpening(this.#open.frame, this.#freshCookie(nowNs)?.bytes);
  }

  #receiveOpening(
    header: FrameHeader,
    buffer: Uint8Array,
    moment: ClockReadings,
  ): FrameDropReason | undefined {
    const { crypto } = this.#options;
    const frame = frameOf(header, buffer);
    if (!this.#macs.isForUs(frame)) return 'handshake-mac';
    const mac1 = openingMac(frame);
    const answered = this.#answered;
    if (answered !== undefined && crypto.equal(mac1, answered.mac1)) {
      return this.#answerAgain(answered, moment);
    }
    if (this.#postponed !== undefined && crypto.equal(mac1, this.#postponed.mac1)) {
      return this.#answerPostponed(moment);
    }
    const refused = this.#checkOpening(header) ?? this.#admit(frame, moment);
    if (refused !== undefined) return refused;
    const opening = readOpening(this.#options, header, buffer);
    if (typeof opening === 'string') return opening;
    const reason = this.#checkCollision(moment);
    if (reason !== undefined) {
      opening.noise.wipe();
      return reason;
    }
    const { epoch, timestamp } = header;
    this.#noteStamp(header);
    this.#forgetPostponed();
    this.#postponed = { opening, epoch, timestamp, mac1: mac1.slice() };
    this.#options.sink.noted?.('opening-received', epoch);
    const answer = this.#answer(moment);
    if (answer !== undefined) this.#options.sink.send(answer);
    return undefined;
  }

  /**
   * A peer that has crashed proposes an epoch beyond our reserved block. Its opening is answered as
   * soon as our disk has finished, without waiting for a repetition, because its path may be gone
   * by then.
   * @returns why it is not answered.
   */
  #answerPostponed(moment: ClockReadings): FrameDropReason | undefined {
    if (this.#postponed === undefined) return undefined;
    // The same write may have allowed this side to open as well. Then only one of the two
    // handshakes goes on, by a rule that both sides apply.
    const reason = this.#checkCollision(moment);
    if (reason !== undefined) {
      this.#forgetPostponed();
      return reason;
    }
    const answer = this.#answer(moment);
    if (answer === undefined) return 'epoch-not-durable';
    this.#options.sink.spread(answer);
    return undefined;
  }

  #forgetPostponed(): void {
    this.#postponed?.opening.noise.wipe();
    this.#postponed = undefined;
  }

  /**
   * Charges an opening to the budget, because from here on it requires Diffie-Hellman operations.
   */
  #admit(frame: Uint8Array, { nowNs, clockUs }: ClockReadings): FrameDropReason | undefined {
    const { admission, cookies, address, sink } = this.#options;
    const isProven = this.#macs.isProven(frame, cookies.known(address, nowNs));
    // A wrong cookie counts as no cookie. It may be old, or invented by an attacker off the path: a
    // gateway that is not under load answers anyway, and one under load sends the right cookie.
    switch (admission.opening(nowNs, isProven)) {
      case 'admit':
        return undefined;
      case 'refuse':
        return 'rate-limited';
      case 'prove': {
        // A few cookies are enough: the peer can read each one, whichever opening prompted it.
        if (admission.prove(nowNs)) {
          sink.prove(this.#seal.seal(cookies.give(address, nowNs), clockUs));
        }
        return 'cookie-required';
      }
    }
  }

  #answerAgain(answered: LastAnsweredOpening, moment: ClockReadings): FrameDropReason | undefined {
    if (this.#ring.next?.epoch !== answered.epoch) return 'handshake-replay';
    if (!this.#options.admission.repeat(moment.nowNs)) return 'rate-limited';
    this.#options.sink.send(answered.answer);
    return undefined;
  }

  /**
   * Checks an opening. The first message of IK can be replayed (Noise section 7.7): its epoch or its
   * time must be newer.
   */
  #checkOpening(header: FrameHeader): FrameDropReason | undefined {
    // Epochs are on the peer's disk and grow even if its clock steps back; the time grows even if
    // that disk is lost. In a replay neither is above what was seen.
    const isNewer = header.epoch > this.#proposalMax || header.timestamp > this.#timestampMax;
    if (!isNewer) return 'handshake-replay';
    if (header.epoch > this.#options.epochs.next + EPOCH_JUMP_MAX) return 'handshake-epoch';
    return undefined;
  }

  #noteStamp(header: FrameHeader): void {
    this.#proposalMax = Math.max(this.#proposalMax, header.epoch);
    this.#timestampMax = Math.max(this.#timestampMax, header.timestamp);
  }

  /**
   * Both sides opened at the same time. The side with the lower static key remains initiator, which
   * both sides decide alike.
   */
  #checkCollision(moment: ClockReadings): FrameDropReason | undefined {
    if (this.#open === undefined) return undefined;
    const { identity, peerKey } = this.#options;
    if (compareBytes(identity.publicKey, peerKey) > 0) return undefined;
    // The opening shows that the peer is reachable, so it must not have to wait for a long back-off
    // of this side.
    const isOverdue = moment.nowNs - this.#sentNs >= HANDSHAKE_RETRY_BACKOFF.firstNs;
    if (isOverdue) this.#sendOpening(moment);
    return 'handshake-collision';
  }

  /** The answer to the waiting opening; undefined while its epoch is not durable. */
  #answer(moment: ClockReadings): Uint8Array | undefined {
    const postponed = this.#postponed;
    if (postponed === undefined) return undefined;
    const epoch = this.#options.epochs.take(postponed.epoch);
    if (epoch === undefined) return undefined;
    this.#postponed = undefined;
    const { nowNs, clockUs } = moment;
    const stamp = { epoch, timestamp: clockUs };
    const { mac1 } = postponed;
    const { frame: answer, keys } = answerHandshake(postponed.opening, stamp);
    this.#macs.signAnswer(answer, mac1);
    this.#answered = { epoch, mac1, answer };
    this.#ring.offer(this.#epochKeys(keys, { epoch, role: 'responder', nowNs }), nowNs);
    this.#options.sink.wake();
    this.#options.sink.noted?.('answer-sent', epoch);
    return answer;
  }

  #receiveAnswer(
    header: FrameHeader,
    buffer: Uint8Array,
    moment: ClockReadings,
  ): FrameDropReason | undefined {
    const open = this.#open;
    if (open === undefined) return 'handshake-unexpected';
    // An epoch below the proposed one would be a downgrade (docs/spec/gateway-frame.md, Defects of
    // the published frame).
    const isInRange = header.epoch >= open.epoch && header.epoch <= open.epoch + EPOCH_JUMP_MAX;
    if (!isInRange) return 'handshake-epoch';
    if (!this.#macs.names(frameOf(header, buffer), openingMac(open.frame))) return 'handshake-mac';
    if (!this.#options.admission.answer(moment.nowNs)) return 'rate-limited';
    const keys = readAnswer(open, header, buffer);
    if (typeof keys === 'string') return keys;
    this.#options.epochs.skip(header.epoch);
    // Openings that the peer made before this answer are replays, even after this side has
    // forgotten them.
    this.#noteStamp(header);
    this.abandon();
    this.#forgetPostponed();
    this.#options.sink.noted?.('answer-received', header.epoch);
    const made = { epoch: header.epoch, role: 'initiator', nowNs: moment.nowNs } as const;
    this.#parts.adopt(this.#epochKeys(keys, made), moment);
    return undefined;
  }

  /** Called when the peer is under load: sends our opening again immediately, with the cookie. */
  #receiveCookie(
    header: FrameHeader,
    buffer: Uint8Array,
    { nowNs }: ClockReadings,
  ): FrameDropReason | undefined {
    const open = this.#open;
    if (open === undefined) return 'handshake-unexpected';
    const bytes = this.#seal.open(header, buffer);
    if (bytes === undefined) return 'bad-auth';
    // A recorded old cookie must not replace a newer one; after two minutes it may, since the
    // peer's clock may have stepped back.
    const known = this.#freshCookie(nowNs);
    if (known !== undefined && header.timestamp < known.timestamp) return 'handshake-replay';
    const isKnown = known !== undefined && this.#options.crypto.equal(bytes, known.bytes);
    const { timestamp } = header;
    this.#cookie = { bytes, timestamp, untilNs: nowNs + COOKIE_LIFE_NS };
    if (isKnown) return undefined;
    if (!this.#options.admission.cookie(nowNs)) return 'rate-limited';
    this.#macs.signOpening(open.frame, bytes);
    this.#options.sink.spread(open.frame);
    return undefined;
  }

  #freshCookie(nowNs: number): Cookie | undefined {
    const cookie = this.#cookie;
    return cookie === undefined || nowNs >= cookie.untilNs ? undefined : cookie;
  }

  #epochKeys(
    keys: SessionKeys,
    made: { readonly epoch: number; readonly role: EpochKeys['role']; readonly nowNs: number },
  ): EpochKeys {
    const { crypto, windows, limits, threads } = this.#options;
    const cipher = new FrameCipher(crypto, keys, threads);
    return new EpochKeys({ ...made, cipher, guard: windows.open(made.epoch), limits });
  }
}

function frameOf(header: FrameHeader, buffer: Uint8Array): Uint8Array {
  return buffer.subarray(header.start, header.body + header.bodyLength);
}
