/**
 * The inputs of a session, and the state that it keeps per epoch. Data only; the behaviour is in
 * `session.ts`.
 *
 * @module
 */
import type { ReplayGuard } from '../_kit/replay-window.ts';
import type { AdmissionControl } from './admission/admission.ts';
import type { CookieIssuer } from './admission/cookie-issuer.ts';
import type { FrameCipher, FrameOpener, HandshakeContext, ReceivedOpening } from './crypto.ts';
import type { FrameDropReason } from './drops.ts';
import type { EpochSource } from './epoch-store.ts';
import type { EpochRingEntry } from './epochs.ts';
import {
  EPOCH_OVERLAP_NS_DEFAULT,
  KEY_LIFETIME_FACTOR,
  REKEY_AGE_NS_DEFAULT,
  REKEY_BYTES_DEFAULT,
  REKEY_GRACE_BYTES_DIVISOR,
  REKEY_RESPONDER_GRACE_NS,
  UNCONFIRMED_EPOCH_NS_MAX,
} from './geometry.ts';
import type { GatewayMeasurements } from './operator/measurements.ts';
import { FRAME_AGE_LIMITS, type FrameAgeLimits } from './replay/age.ts';
import type { PeerWindows } from './replay/window-set.ts';
import type { HandshakeStep } from './trace-states.ts';
import type { FrameHeader } from './wire.ts';

/** The readings of both clocks of the host at one instant. */
export interface ClockReadings {
  /** Monotonic time, ns: `host.now()`. */
  readonly nowNs: number;
  /** Calendar time, microseconds since 1970: `host.clock()`. */
  readonly clockUs: number;
}

/** Microseconds since 1970 of a calendar time of the host. */
export function unixMicroseconds(seconds: number, nanos: number): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}

/** Which side began the handshake. */
export type HandshakeRole = 'initiator' | 'responder';

/**
 * Receives the frames and events of a session. While the caller is inside `seal`, only `wake`
 * is called.
 */
export interface SessionSink {
  /**
   * Sends a complete frame to the peer: on the reverse path of the frame being received, else on any
   * path. Its bytes are read during the call only.
   */
  send(frame: Uint8Array): void;
  /**
   * Sends copies of a complete frame on a few disjoint paths together, so that a loss need not wait
   * for a retry. The peer treats the copies as one frame.
   * @returns false if there is no path.
   */
  spread(frame: Uint8Array): boolean;
  /**
   * Sends a complete frame that only the peer may receive: to its address on a path of this
   * gateway's choice, not on the reversed path of a frame, which a spoofer may have chosen. It is
   * sent only if its packet is no longer than the one that caused it, so that the gateway cannot be
   * used for amplification.
   */
  prove(frame: Uint8Array): void;
  /** Called when frames are sealed under this epoch from now on. */
  established(epoch: number, role: HandshakeRole): void;
  /** Called when a frame for which `open` returned `held` is accepted. */
  deliverHeld(header: FrameHeader, plaintext: Uint8Array): void;
  /** Called when a frame for which `open` returned `held` is dropped after all. */
  dropHeld(header: FrameHeader, reason: FrameDropReason): void;
  /**
   * Called when `deadlineNs` has changed or the byte limit requires a rekey: call `tick` soon, in a
   * separate turn.
   */
  wake(): void;
  /** Called when a handshake has reached this step; absent if nothing is traced. */
  noted?(step: HandshakeStep, epoch: number): void;
}

/** A frame that arrived while the replay window's bound was not durable. */
export interface HeldFrame {
  readonly header: FrameHeader;
  readonly plaintext: Uint8Array;
}

/** The last opening that was answered, and the answer, which a repetition of it gets again. */
export interface LastAnsweredOpening {
  readonly epoch: number;
  /** `mac1` of the opening. */
  readonly mac1: Uint8Array;
  readonly answer: Uint8Array;
}

/** An authentic opening that waits until the epoch of its answer is durable. */
export interface PostponedOpening {
  readonly opening: ReceivedOpening;
  readonly epoch: number;
  readonly timestamp: number;
  readonly mac1: Uint8Array;
}

/** Limits of a session. */
export interface SessionLimits {
  /** Bytes under one key and direction after which a rekey starts. */
  readonly rekeyBytes: number;
  /** Age of a key after which a rekey starts, ns. */
  readonly rekeyAgeNs: number;
  /** How long the old epoch is accepted after the new one's first frame, ns. */
  readonly overlapNs: number;
  readonly age: FrameAgeLimits;
}

/** Rekey after 1 GiB or 1 h, overlap of 3 s, frames up to 1 h old with 5 min of tolerance. */
export const SESSION_LIMITS: SessionLimits = {
  rekeyBytes: REKEY_BYTES_DEFAULT,
  rekeyAgeNs: REKEY_AGE_NS_DEFAULT,
  overlapNs: EPOCH_OVERLAP_NS_DEFAULT,
  age: FRAME_AGE_LIMITS,
};

/** The settings and surroundings of a session. */
export interface SessionOptions extends HandshakeContext {
  readonly epochs: EpochSource;
  readonly windows: PeerWindows;
  readonly sink: SessionSink;
  readonly limits: SessionLimits;
  /** The budgets of this peer. */
  readonly admission: AdmissionControl;
  /** The gateway's cookies. */
  readonly cookies: CookieIssuer;
  /** The peer's address as bytes, which its cookie covers. */
  readonly address: Uint8Array;
  /** Threads that open data frames; absent if this one opens all. */
  readonly threads?: FrameOpener | undefined;
  /** Counts and times the frames; absent in tests of sessions alone. */
  readonly measured?: Pick<
    GatewayMeasurements,
    'begin' | 'frameSealed' | 'frameOpened' | 'frameChecked'
  >;
}

/** The parts of {@link EpochKeys}. */
export interface EpochKeysParts {
  readonly epoch: number;
  readonly role: HandshakeRole;
  readonly cipher: FrameCipher;
  readonly guard: ReplayGuard;
  readonly limits: SessionLimits;
  readonly nowNs: number;
}

/** One epoch: its keys, its send counter and its receive window. */
export class EpochKeys implements EpochRingEntry {
  readonly epoch: number;
  readonly role: HandshakeRole;
  readonly cipher: FrameCipher;
  readonly guard: ReplayGuard;
  /** When the keys were agreed, ns. */
  readonly agreedNs: number;
  /** Number of bytes in one direction after which a rekey starts. */
  readonly rekeyBytes: number;
  readonly #rekeyAtNs: number;
  readonly #unconfirmedAtNs: number;
  /** When the key must no longer be used, ns. */
  readonly deathNs: number;
  isConfirmed = false;
  /** the counter restarts only here, with new keys. */
  nextSequence = 0;
  sealedBytes = 0;
  openedBytes = 0;
  /** Number of bytes in one direction at which the session requests a tick; Infinity afterwards. */
  wakeBytes: number;

  constructor(parts: EpochKeysParts) {
    const { rekeyBytes, rekeyAgeNs } = parts.limits;
    this.epoch = parts.epoch;
    this.role = parts.role;
    this.cipher = parts.cipher;
    this.guard = parts.guard;
    this.agreedNs = parts.nowNs;
    // The initiator begins the next handshake; the responder only when the initiator is late.
    const isResponder = parts.role === 'responder';
    const graceBytes = Math.floor(rekeyBytes / REKEY_GRACE_BYTES_DIVISOR);
    this.rekeyBytes = rekeyBytes + (isResponder ? graceBytes : 0);
    this.#rekeyAtNs = parts.nowNs + rekeyAgeNs + (isResponder ? REKEY_RESPONDER_GRACE_NS : 0);
    this.#unconfirmedAtNs = parts.nowNs + UNCONFIRMED_EPOCH_NS_MAX;
    this.deathNs = parts.nowNs + KEY_LIFETIME_FACTOR * rekeyAgeNs + UNCONFIRMED_EPOCH_NS_MAX;
    this.wakeBytes = this.rekeyBytes;
  }

  /**
   * When the age of the key requires new keys, ns: at the limit, or soon if the peer never used
   * this epoch, because the peer has then lost its side of the handshake.
   */
  get rekeyAtNs(): number {
    return this.isConfirmed ? this.#rekeyAtNs : Math.min(this.#rekeyAtNs, this.#unconfirmedAtNs);
  }
}
