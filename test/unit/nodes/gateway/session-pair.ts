/**
 * Two sessions that exchange frames, for tests. Every frame is decoded like one from the network,
 * and time passes only when the test says so.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { type ReplayGuard, ReplayWindow } from '../../../../nodes/_kit/replay-window.ts';
import type { TokenBucketOptions } from '../../../../nodes/_kit/token-bucket.ts';
import {
  type AdmissionControl,
  CheckFirstAdmission,
} from '../../../../nodes/gateway/admission/admission.ts';
import { CookieIssuer } from '../../../../nodes/gateway/admission/cookie-issuer.ts';
import {
  createStaticKeyPair,
  type FrameOpener,
  type StaticKeyPair,
} from '../../../../nodes/gateway/crypto.ts';
import type { FrameDropReason } from '../../../../nodes/gateway/drops.ts';
import type { EpochSource } from '../../../../nodes/gateway/epoch-store.ts';
import { FRAME_TYPE, type FrameType } from '../../../../nodes/gateway/geometry.ts';
import {
  type ReplayWindowFactory,
  WindowSet,
} from '../../../../nodes/gateway/replay/window-set.ts';
import { Session } from '../../../../nodes/gateway/session.ts';
import {
  type ClockReadings,
  SESSION_LIMITS,
  type SessionLimits,
} from '../../../../nodes/gateway/session-parts.ts';
import { decodeFrame, encodeHeader, FrameHeader } from '../../../../nodes/gateway/wire.ts';

export const CLOCK_US = 1_700_000_000_000_000;
export const SECOND = 1_000_000_000;
export const HOUR: number = 3600 * SECOND;

/** Epochs in memory. If `isDurable` is false, they wait as with a slow disk. */
export class PlainEpochs implements EpochSource {
  next = 1;
  isDurable = true;
  readonly given: number[] = [];
  take(atLeast: number): number | undefined {
    if (!this.isDurable) return undefined;
    const epoch = Math.max(this.next, atLeast);
    this.next = epoch + 1;
    this.given.push(epoch);
    return epoch;
  }
  skip(epoch: number): void {
    this.next = Math.max(this.next, epoch + 1);
  }
}

export interface SideOptions {
  readonly crypto?: CryptoProvider;
  readonly identity: StaticKeyPair;
  readonly peerKey: Uint8Array;
  readonly limits?: SessionLimits;
  readonly guards?: ReplayWindowFactory;
  readonly seed: number;
  readonly epochs?: PlainEpochs;
  /** Where other threads open the frames. */
  readonly threads?: FrameOpener;
  readonly rate?: TokenBucketOptions;
  /** Settings for another order of checks or other budgets. */
  readonly admission?: AdmissionControl;
}

/** How a side reacted to a frame. */
export type Outcome = string | FrameDropReason | undefined;

/**
 * One gateway: its session, the frames that it wants to send, and the messages that it received.
 */
export class Side {
  readonly session: Session;
  readonly epochs: PlainEpochs;
  readonly windows: WindowSet;
  /** Frames for the peer. */
  outbox: Uint8Array[] = [];
  /** False while it knows no path to the peer. */
  hasPath = true;
  /** Number of cookies for the address of the peer, which are in the outbox as well. */
  cookies = 0;
  readonly delivered: string[] = [];
  /** Reasons why held frames were finally dropped. */
  readonly droppedHeld: string[] = [];
  readonly established: string[] = [];
  readonly drops: FrameDropReason[] = [];
  readonly retired: number[] = [];
  wakes = 0;

  constructor(options: SideOptions) {
    this.epochs = options.epochs ?? new PlainEpochs();
    const guards = options.guards ?? { create: (): ReplayWindow => new ReplayWindow(1024) };
    this.windows = new WindowSet(
      {
        create: (peer, epoch): ReplayGuard => guards.create(peer, epoch),
        retire: (peer, epoch): void => {
          this.retired.push(epoch);
          guards.retire?.(peer, epoch);
        },
      },
      { cleanupTtlNs: Number.MAX_SAFE_INTEGER, peersMax: 2 },
    );
    let draws = options.seed;
    const crypto = options.crypto ?? createCryptoProvider('node');
    const randomBytes = (length: number): Uint8Array => {
      draws++;
      return Uint8Array.from({ length }, (_, index) => (draws * 31 + index * 7 + 1) & 0xff);
    };
    const mint = new CookieIssuer(crypto, randomBytes);
    this.session = new Session({
      crypto,
      admission: options.admission ?? new CheckFirstAdmission(mint, options.rate),
      cookies: mint,
      address: Uint8Array.of(1, 2, 3, 4),
      identity: options.identity,
      peerKey: options.peerKey,
      randomBytes,
      epochs: this.epochs,
      windows: this.windows.peer('peer', 0)!,
      limits: options.limits ?? SESSION_LIMITS,
      threads: options.threads,
      sink: {
        send: (frame): void => {
          this.outbox.push(frame.slice());
        },
        spread: (frame): boolean => {
          if (this.hasPath) this.outbox.push(frame.slice());
          return this.hasPath;
        },
        prove: (frame): void => {
          this.cookies++;
          this.outbox.push(frame.slice());
        },
        established: (epoch, role): void => {
          this.established.push(`${role} ${epoch}`);
        },
        deliverHeld: (header, plaintext): void => {
          if (header.type === FRAME_TYPE.data) this.delivered.push(text(plaintext));
        },
        dropHeld: (header, reason): void => {
          if (header.type === FRAME_TYPE.data) this.droppedHeld.push(reason);
        },
        wake: (): void => {
          this.wakes++;
        },
      },
    });
  }

  /** Seals a text as a data frame, or returns the reason why it cannot. */
  seal(
    message: string,
    type: FrameType = FRAME_TYPE.data,
    clockUs = CLOCK_US,
  ): Uint8Array | string {
    const header = new FrameHeader();
    header.type = type;
    header.timestamp = clockUs;
    const target = new Uint8Array(message.length + 64);
    const plaintext = Uint8Array.from(message, (letter) => letter.charCodeAt(0));
    const length = this.session.seal(header, plaintext, target, 3);
    return typeof length === 'string' ? length : target.slice(3, 3 + length);
  }

  /** Processes a datagram from the network. */
  receive(frame: Uint8Array, moment: ClockReadings): Outcome {
    const outcome = this.#receive(frame, moment);
    if (typeof outcome === 'string' && !outcome.startsWith('ok ')) {
      this.drops.push(outcome as FrameDropReason);
    }
    return outcome;
  }

  #receive(frame: Uint8Array, moment: ClockReadings): Outcome {
    const header = new FrameHeader();
    const malformed = decodeFrame(frame, 0, frame.length, header);
    if (malformed !== undefined) return malformed;
    if (header.type === FRAME_TYPE.handshake) {
      return this.session.receiveHandshake(header, frame, moment);
    }
    const target = new Uint8Array(frame.length);
    const result = this.session.open(header, frame, target, moment);
    if (typeof result === 'string') return result;
    if (header.type === FRAME_TYPE.data) this.delivered.push(text(target.subarray(0, result)));
    return `ok ${text(target.subarray(0, result))}`;
  }
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The instant `nowNs` after the start, on both clocks. */
export function at(nowNs: number): ClockReadings {
  return { nowNs, clockUs: CLOCK_US + Math.floor(nowNs / 1000) };
}

export interface PairOptions {
  readonly crypto?: CryptoProvider;
  readonly limits?: SessionLimits;
  readonly guards?: ReplayWindowFactory;
  readonly rate?: TokenBucketOptions;
  /** Where other threads open the frames that b receives. */
  readonly threads?: FrameOpener;
}

/** Two sides a and b; a has the lower static key. */
export class Pair {
  readonly a: Side;
  readonly b: Side;
  readonly identities: readonly [StaticKeyPair, StaticKeyPair];

  constructor({ threads, ...options }: PairOptions = {}) {
    const crypto = options.crypto ?? createCryptoProvider('node');
    const made = [1, 2].map((seed) => createStaticKeyPair(crypto, new Uint8Array(32).fill(seed)));
    made.sort((left, right) => (left.publicKey[0] ?? 0) - (right.publicKey[0] ?? 0));
    const [low, high] = made as [StaticKeyPair, StaticKeyPair];
    this.identities = [low, high];
    this.a = new Side({ ...options, identity: low, peerKey: high.publicKey, seed: 10 });
    const b = { ...options, ...(threads && { threads }) };
    this.b = new Side({ ...b, identity: high, peerKey: low.publicKey, seed: 200 });
  }

  /** Delivers frames in both directions until neither side has anything to send. */
  exchange(moment: ClockReadings): void {
    while (this.a.outbox.length + this.b.outbox.length > 0) {
      const fromA = this.a.outbox;
      const fromB = this.b.outbox;
      this.a.outbox = [];
      this.b.outbox = [];
      for (const frame of fromA) this.b.receive(frame, moment);
      for (const frame of fromB) this.a.receive(frame, moment);
    }
  }

  /** A connected pair whose initiator is a. */
  static connected(options: PairOptions = {}): Pair {
    const pair = new Pair(options);
    pair.a.session.connect(at(0));
    pair.exchange(at(0));
    return pair;
  }
}

/** Seals on one side; the test fails if that is impossible. */
export function sealed(side: Side, message: string): Uint8Array {
  const frame = side.seal(message);
  if (typeof frame === 'string') throw new Error(`not sealed: ${frame}`);
  return frame;
}

/** Advances time in the steps that both sessions ask for. */
export function advance(pair: Pair, fromNs: number, toNs: number): void {
  let nowNs = fromNs;
  while (nowNs < toNs) {
    pair.a.session.tick(at(nowNs));
    pair.b.session.tick(at(nowNs));
    pair.exchange(at(nowNs));
    const next = Math.min(pair.a.session.deadlineNs, pair.b.session.deadlineNs, toNs);
    nowNs = Math.max(next, nowNs + 1);
  }
}

/** The frame with another sequence number and unchanged ciphertext, which a forger can make. */
export function moved(frame: Uint8Array, sequence: number): Uint8Array {
  const header = new FrameHeader();
  decodeFrame(frame, 0, frame.length, header);
  const body = frame.slice(header.body);
  header.sequence = sequence;
  const target = new Uint8Array(frame.length + 20);
  const start = encodeHeader(header, body.length, target, 0);
  target.set(body, start);
  return target.subarray(0, start + body.length);
}
