/**
 * What a session is given and what it keeps per epoch. Data only; the behaviour is in `session.ts`.
 *
 * @module
 */
import type { Admission } from './admission/admission.ts';
import type { CookieMint } from './admission/cookie-mint.ts';
import type { FrameCipher, HandshakeContext, ReceivedOpening } from './crypto.ts';
import type { FrameDrop } from './drops.ts';
import type { EpochSource } from './epoch-store.ts';
import type { HeldEpoch } from './epochs.ts';
import {
  EPOCH_OVERLAP_NS_DEFAULT,
  KEY_LIFETIME_FACTOR,
  REKEY_AGE_NS_DEFAULT,
  REKEY_BYTES_DEFAULT,
  REKEY_RESPONDER_GRACE_NS,
  REKEY_RESPONDER_GRACE_SHARE,
  UNCONFIRMED_NS,
} from './geometry.ts';
import { AGE_LIMITS, type AgeLimits } from './replay/age.ts';
import type { ReplayGuard } from './replay/guard.ts';
import type { PeerWindows } from './replay/window-set.ts';
import type { HandshakeStep } from './viz-states.ts';
import type { FrameHeader } from './wire.ts';

/** The two clocks of the port at one instant; reuse one record. */
export interface Moment {
  /** Monotonic, ns: `host.now()`. */
  readonly nowNs: number;
  /** Calendar, microseconds since 1970: `host.clock()`. */
  readonly clockUs: number;
}

/** Microseconds since 1970 of a calendar time as the port gives it. */
export function clockMicroseconds(seconds: number, nanos: number): number {
  return seconds * 1_000_000 + Math.floor(nanos / 1000);
}

/** Who began a handshake. */
export type Role = 'initiator' | 'responder';

/** Where a session sends and tells. Nothing is called while the caller is inside `seal`, but `wake`. */
export interface SessionSink {
  /**
   * A whole frame for the peer: back by the way of the frame that is being received, else by any
   * path. Its bytes are read during the call only.
   */
  send(frame: Uint8Array): void;
  /**
   * A whole frame that nothing but a retry would replace: on a few disjoint paths at once. The peer
   * treats the copies as one.
   */
  spread(frame: Uint8Array): void;
  /**
   * A whole frame that must reach nobody but the peer: to its address by a path of our own choice, not
   * back the way a frame came, which whoever forged the peer's address has chosen. It leaves only where
   * its packet is no longer than the one that asked for it: nobody has us send more than he sends.
   */
  prove(frame: Uint8Array): void;
  /** Frames are sealed under this epoch from now on. */
  established(epoch: number, role: Role): void;
  /** A frame that `open` called `held` is accepted now. */
  deliverHeld(header: FrameHeader, plaintext: Uint8Array): void;
  /** A frame that `open` called `held` is dropped after all. */
  dropHeld(header: FrameHeader, reason: FrameDrop): void;
  /** `deadlineNs` has changed, or bytes ask for a rekey: call `tick` in a turn of its own, soon. */
  wake(): void;
  /** A handshake has come this far; absent where nobody looks. */
  noted?(step: HandshakeStep, epoch: number): void;
}

/** What a frame brought while the replay window's bound was not durable. */
export interface HeldFrame {
  readonly header: FrameHeader;
  readonly plaintext: Uint8Array;
}

/** The last opening that was answered, so that its repetition gets the same answer. */
export interface Answered {
  readonly epoch: number;
  /** Of the opening. */
  readonly mac1: Uint8Array;
  readonly answer: Uint8Array;
}

/** An opening that is authentic and waits until the epoch of its answer is durable. */
export interface Postponed {
  readonly opening: ReceivedOpening;
  readonly epoch: number;
  readonly timestamp: number;
  readonly mac1: Uint8Array;
}

/** Limits of a session. */
export interface SessionLimits {
  /** Bytes under one key and direction that start a rekey. */
  readonly rekeyBytes: number;
  /** Age of a key that starts a rekey, ns. */
  readonly rekeyAgeNs: number;
  /** How long the old epoch is accepted after the first frame of the new, ns. */
  readonly overlapNs: number;
  readonly age: AgeLimits;
}

/** 1 GiB, 1 h, 3 s, 1 h of age with 5 min of tolerance. */
export const SESSION_LIMITS: SessionLimits = {
  rekeyBytes: REKEY_BYTES_DEFAULT,
  rekeyAgeNs: REKEY_AGE_NS_DEFAULT,
  overlapNs: EPOCH_OVERLAP_NS_DEFAULT,
  age: AGE_LIMITS,
};

/** Everything a session is given. */
export interface SessionOptions extends HandshakeContext {
  readonly epochs: EpochSource;
  readonly windows: PeerWindows;
  readonly sink: SessionSink;
  readonly limits: SessionLimits;
  /** The budgets of this peer. */
  readonly admission: Admission;
  /** Of the gateway. */
  readonly cookies: CookieMint;
  /** Where the peer is, as bytes: what its cookie stands for. */
  readonly address: Uint8Array;
}

/** The parts of {@link EpochKeys}. */
export interface EpochKeysParts {
  readonly epoch: number;
  readonly role: Role;
  readonly cipher: FrameCipher;
  readonly guard: ReplayGuard;
  readonly limits: SessionLimits;
  readonly nowNs: number;
}

/** One epoch: its keys, its send counter and its receive window. */
export class EpochKeys implements HeldEpoch {
  readonly epoch: number;
  readonly role: Role;
  readonly cipher: FrameCipher;
  readonly guard: ReplayGuard;
  /** Bytes of one direction that ask for a rekey. */
  readonly rekeyBytes: number;
  readonly #rekeyAtNs: number;
  readonly #unconfirmedAtNs: number;
  /** When the key is no longer used at all, ns. */
  readonly deathNs: number;
  isConfirmed = false;
  /** restarts only here, with fresh keys. */
  nextSequence = 0;
  sealedBytes = 0;
  openedBytes = 0;
  /** Bytes of one direction at which the session asks for a tick; Infinity afterwards. */
  wakeBytes: number;

  constructor(parts: EpochKeysParts) {
    const { rekeyBytes, rekeyAgeNs } = parts.limits;
    this.epoch = parts.epoch;
    this.role = parts.role;
    this.cipher = parts.cipher;
    this.guard = parts.guard;
    // The initiator begins the next handshake; the responder only when the initiator is late.
    const isResponder = parts.role === 'responder';
    const graceBytes = Math.floor(rekeyBytes / REKEY_RESPONDER_GRACE_SHARE);
    this.rekeyBytes = rekeyBytes + (isResponder ? graceBytes : 0);
    this.#rekeyAtNs = parts.nowNs + rekeyAgeNs + (isResponder ? REKEY_RESPONDER_GRACE_NS : 0);
    this.#unconfirmedAtNs = parts.nowNs + UNCONFIRMED_NS;
    this.deathNs = parts.nowNs + KEY_LIFETIME_FACTOR * rekeyAgeNs + UNCONFIRMED_NS;
    this.wakeBytes = this.rekeyBytes;
  }

  /**
   * When age asks for new keys, ns: at the limit, or soon when the peer never used these. It has
   * forgotten its side of the handshake by then.
   */
  get rekeyAtNs(): number {
    return this.isConfirmed ? this.#rekeyAtNs : Math.min(this.#rekeyAtNs, this.#unconfirmedAtNs);
  }
}
