/**
 * The result of a Noise handshake (revision 34, sections 5.3 and 11.3): two directional keys, the
 * handshake hash for channel binding, and an ordered transport made of two cipher states.
 *
 * Protocols with their own frames and nonces use the raw keys; streams use {@link NoiseTransport}.
 *
 * @module
 */
import { wipe } from '../_kit/secrets.ts';
import { CipherState } from './cipher-state.ts';
import { MESSAGE_LENGTH_MAX, TAG_LENGTH } from './geometry.ts';
import type { Suite } from './suite.ts';

/** Why a transport message from the peer was rejected. */
export type TransportFailure = 'oversized' | 'truncated' | 'authentication';

/** The result of decrypting a transport message. */
export type TransportResult =
  | { readonly payload: Uint8Array }
  | { readonly failure: TransportFailure };

/** The parts of {@link SessionKeys}. */
interface SessionKeyParts {
  readonly sendKey: Uint8Array;
  readonly receiveKey: Uint8Array;
  readonly handshakeHash: Uint8Array;
  readonly remoteStatic: Uint8Array | undefined;
  readonly suite: Suite;
}

/**
 * The keys that a Noise handshake yields, one for each direction.
 * All fields are private, so that printing the object shows no key.
 */
export class SessionKeys {
  readonly #parts: SessionKeyParts;

  constructor(parts: SessionKeyParts) {
    this.#parts = parts;
  }

  /** Key for messages that this side sends, 32 bytes; not a copy: {@link SessionKeys.wipe} overwrites it. */
  get sendKey(): Uint8Array {
    return this.#parts.sendKey;
  }

  /** Key for messages that this side receives, 32 bytes; not a copy either. */
  get receiveKey(): Uint8Array {
    return this.#parts.receiveKey;
  }

  /**
   * The handshake hash: the same value on both sides, unique to this handshake, and not secret
   * (section 11.2).
   */
  get handshakeHash(): Uint8Array {
    return this.#parts.handshakeHash;
  }

  /** The peer's static public key, if the pattern has one. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#parts.remoteStatic;
  }

  /** An ordered transport over both keys; it keeps copies, so the keys may be wiped afterwards. */
  transport(): NoiseTransport {
    return new NoiseTransport(this.#parts);
  }

  /** Overwrites both keys. */
  wipe(): void {
    wipe(this.#parts.sendKey, this.#parts.receiveKey);
  }
}

/** Two cipher states with counters from zero: each message is opened once and in order. */
export class NoiseTransport {
  readonly #send: CipherState;
  readonly #receive: CipherState;

  constructor(keys: SessionKeyParts) {
    this.#send = new CipherState(keys.suite, keys.sendKey);
    this.#receive = new CipherState(keys.suite, keys.receiveKey);
  }

  /** Seals one message. @throws RangeError when it would exceed 65,535 bytes. */
  encrypt(payload: Uint8Array): Uint8Array {
    const length = payload.length + TAG_LENGTH;
    if (length > MESSAGE_LENGTH_MAX) {
      throw new RangeError(`a Noise message of ${length} bytes exceeds ${MESSAGE_LENGTH_MAX}`);
    }
    return this.#send.encrypt(new Uint8Array(0), payload);
  }

  /** Opens one message from the peer; never throws on bytes, and a failure changes nothing. */
  decrypt(message: Uint8Array): TransportResult {
    if (message.length > MESSAGE_LENGTH_MAX) return { failure: 'oversized' };
    if (message.length < TAG_LENGTH) return { failure: 'truncated' };
    const payload = this.#receive.decrypt(new Uint8Array(0), message);
    return payload === undefined ? { failure: 'authentication' } : { payload };
  }

  /**
   * Replaces the key for messages that this side sends (section 11.3); the peer must call
   * {@link NoiseTransport.rekeyReceive} after the same message.
   */
  rekeySend(): void {
    this.#send.rekey();
  }

  /** Replaces the key for messages that this side receives. */
  rekeyReceive(): void {
    this.#receive.rekey();
  }

  /** Overwrites both keys; the transport must not be used afterwards. */
  wipe(): void {
    this.#send.wipe();
    this.#receive.wipe();
  }
}
