/**
 * HandshakeState of the Noise protocol framework, revision 34, section 5.3: writes and reads the
 * messages of one handshake, synchronously over bytes; all randomness is an argument.
 *
 * Reading is all or nothing: a message that fails leaves the state as it was, so that a forged
 * datagram does not end a handshake that the true peer can still complete. No sockets, no timers,
 * no retransmission, and no trust decision: the caller checks the remote static key.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatByteList, toHex } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import {
  DH_LENGTH,
  LOW_ORDER_POINTS,
  MESSAGE_LENGTH_MAX,
  PSK_LENGTH,
  TAG_LENGTH,
} from './geometry.ts';
import type { HandshakeToken } from './patterns.ts';
import { SessionKeys } from './session.ts';
import { createSuite, type ParsedProtocolName, type Suite } from './suite.ts';
import { SymmetricState } from './symmetric-state.ts';

/**
 * The input of one side of a handshake. Secrets are copied, so the caller may wipe its own copy.
 */
export interface HandshakeOptions extends ParsedProtocolName {
  readonly crypto: CryptoProvider;
  /** Data on which both sides must agree; empty by default (section 6). */
  readonly prologue?: Uint8Array;
  /** Our static X25519 secret, 32 bytes, if the pattern has one. */
  readonly staticSecret?: Uint8Array;
  /** Our ephemeral X25519 secret, 32 bytes, fresh from the host for each handshake. */
  readonly ephemeralSecret?: Uint8Array;
  /** The peer's static public key, if the pattern requires it in advance. */
  readonly remoteStatic?: Uint8Array;
  /** Pre-shared keys of 32 bytes each, in the order of the `psk` modifiers. */
  readonly preSharedKeys?: readonly Uint8Array[];
}

/** Why a handshake message from the peer was rejected. */
export type HandshakeFailure =
  | 'oversized'
  | 'truncated'
  | 'out-of-turn'
  | 'low-order-key'
  | 'authentication';

/** The result of reading a message: the peer's payload, or the reason for rejecting it. */
export type HandshakeReadResult =
  | { readonly payload: Uint8Array }
  | { readonly failure: HandshakeFailure };

/** One side of a handshake. */
export interface Handshake {
  /** True when it is our turn to write. */
  readonly isWriter: boolean;
  /** True when all messages are done and {@link Handshake.finish} may be called. */
  readonly isComplete: boolean;
  /** The peer's static key, once it is known and authenticated by a received message. */
  readonly remoteStatic: Uint8Array | undefined;
  /**
   * Writes the next message.
   * @param payload Encrypted when the pattern has a key by then, otherwise sent unencrypted.
   * @throws RangeError when the message would exceed 65,535 bytes; Error when it is not our turn.
   */
  writeMessage(payload: Uint8Array): Uint8Array;
  /** Reads the peer's next message; never throws on bytes, and a failure changes nothing. */
  readMessage(message: Uint8Array): HandshakeReadResult;
  /** Derives the session's keys and wipes the handshake. @throws Error if it is not complete, or at a second call. */
  finish(): SessionKeys;
  /** Overwrites the secrets of an abandoned handshake. */
  wipe(): void;
}

/**
 * Starts a handshake as initiator.
 * @throws RangeError when the pattern is unknown or a key is missing, superfluous or malformed.
 * @example
 * const alice = startInitiator({ crypto, pattern: 'IK', cipher: 'ChaChaPoly', hash: 'BLAKE2s',
 *   staticSecret, ephemeralSecret, remoteStatic });
 * const message = alice.writeMessage(new Uint8Array(0)); // 96 bytes
 */
export function startInitiator(options: HandshakeOptions): Handshake {
  return new HandshakeState(options, 'initiator');
}

/**
 * Starts a handshake as responder.
 * @throws RangeError as {@link startInitiator}.
 */
export function startResponder(options: HandshakeOptions): Handshake {
  return new HandshakeState(options, 'responder');
}

type Role = 'initiator' | 'responder';

/** State that reading a message may change; committed only when the whole message is valid. */
interface Draft {
  readonly symmetric: SymmetricState;
  readonly message: Uint8Array;
  offset: number;
  pskIndex: number;
  remoteEphemeral: Uint8Array | undefined;
  remoteStatic: Uint8Array | undefined;
}

class HandshakeState implements Handshake {
  readonly #suite: Suite;
  readonly #role: Role;
  readonly #staticSecret: Uint8Array | undefined;
  readonly #ephemeralSecret: Uint8Array | undefined;
  readonly #preSharedKeys: readonly Uint8Array[];
  #symmetric: SymmetricState;
  #remoteStatic: Uint8Array | undefined;
  #remoteEphemeral: Uint8Array | undefined;
  #messageIndex = 0;
  #pskIndex = 0;
  #isWiped = false;

  constructor(options: HandshakeOptions, role: Role) {
    this.#suite = createSuite(options.crypto, options);
    this.#role = role;
    checkKeys(this.#suite, options, role);
    this.#staticSecret = copyOf(options.staticSecret);
    this.#ephemeralSecret = copyOf(options.ephemeralSecret);
    this.#remoteStatic = copyOf(options.remoteStatic);
    this.#preSharedKeys = (options.preSharedKeys ?? []).map((key) => new Uint8Array(key));
    this.#symmetric = new SymmetricState(this.#suite);
    this.#symmetric.mixHash(options.prologue ?? new Uint8Array(0));
    this.#mixPreMessages();
  }

  get isComplete(): boolean {
    return this.#messageIndex >= this.#suite.pattern.messages.length;
  }

  get isWriter(): boolean {
    return (
      !this.#isWiped &&
      !this.isComplete &&
      (this.#messageIndex % 2 === 0) === (this.#role === 'initiator')
    );
  }

  get remoteStatic(): Uint8Array | undefined {
    return this.#remoteStatic?.slice();
  }

  writeMessage(payload: Uint8Array): Uint8Array {
    if (!this.isWriter) throw new Error('this side must not write a Noise message now');
    const tokens = this.#suite.pattern.messages[this.#messageIndex] as readonly HandshakeToken[];
    const length = messageOverhead(this.#suite, tokens, this.#symmetric.hasKey) + payload.length;
    if (length > MESSAGE_LENGTH_MAX) {
      throw new RangeError(`a Noise message of ${length} bytes exceeds ${MESSAGE_LENGTH_MAX}`);
    }
    const parts = tokens.map((token) => this.#writeToken(token));
    parts.push(this.#symmetric.encryptAndHash(payload));
    this.#messageIndex++;
    return concatByteList(parts);
  }

  readMessage(message: Uint8Array): HandshakeReadResult {
    if (this.#isWiped || this.isWriter || this.isComplete) return { failure: 'out-of-turn' };
    if (message.length > MESSAGE_LENGTH_MAX) return { failure: 'oversized' };
    const draft: Draft = {
      symmetric: new SymmetricState(this.#suite, this.#symmetric),
      message: plainView(message),
      offset: 0,
      pskIndex: this.#pskIndex,
      remoteEphemeral: this.#remoteEphemeral,
      remoteStatic: this.#remoteStatic,
    };
    const result = this.#readTokens(draft);
    if ('failure' in result) draft.symmetric.wipe();
    else this.#commit(draft);
    return result;
  }

  finish(): SessionKeys {
    if (!this.isComplete) throw new Error('the Noise handshake is not complete');
    if (this.#isWiped) throw new Error('the Noise handshake is wiped');
    const { first, second } = this.#symmetric.split();
    const isInitiator = this.#role === 'initiator';
    const keys = new SessionKeys({
      // Section 5.3: the first CipherState encrypts from initiator to responder.
      sendKey: isInitiator ? first : second,
      receiveKey: isInitiator ? second : first,
      handshakeHash: this.#symmetric.handshakeHash,
      remoteStatic: this.#remoteStatic?.slice(),
      suite: this.#suite,
    });
    this.wipe();
    return keys;
  }

  wipe(): void {
    this.#isWiped = true;
    this.#symmetric.wipe();
    wipe(this.#staticSecret, this.#ephemeralSecret);
    for (const key of this.#preSharedKeys) wipe(key);
  }

  /** Hashes the public keys known in advance: the initiator's first, then the responder's (section 5.3). */
  #mixPreMessages(): void {
    const { initiatorPre, responderPre } = this.#suite.pattern;
    const isInitiator = this.#role === 'initiator';
    if (initiatorPre.length > 0) this.#symmetric.mixHash(this.#staticPublic(isInitiator));
    if (responderPre.length > 0) this.#symmetric.mixHash(this.#staticPublic(!isInitiator));
  }

  #staticPublic(isOwn: boolean): Uint8Array {
    if (!isOwn) return known(this.#remoteStatic);
    return this.#suite.crypto.x25519PublicKey(known(this.#staticSecret));
  }

  #writeToken(token: HandshakeToken): Uint8Array {
    switch (token) {
      case 'e': {
        const key = this.#suite.crypto.x25519PublicKey(known(this.#ephemeralSecret));
        this.#mixEphemeral(this.#symmetric, key);
        return key;
      }
      case 's':
        return this.#symmetric.encryptAndHash(this.#staticPublic(true));
      case 'psk':
        this.#symmetric.mixKeyAndHash(known(this.#preSharedKeys[this.#pskIndex]));
        this.#pskIndex++;
        return new Uint8Array(0);
      case 'ee':
      case 'es':
      case 'se':
      case 'ss':
        this.#mixShared(this.#symmetric, token, {
          remoteEphemeral: this.#remoteEphemeral,
          remoteStatic: this.#remoteStatic,
        });
        return new Uint8Array(0);
    }
  }

  #readTokens(draft: Draft): HandshakeReadResult {
    for (const token of this.#suite.pattern.messages[
      this.#messageIndex
    ] as readonly HandshakeToken[]) {
      const failure = this.#readToken(draft, token);
      if (failure !== undefined) return { failure };
    }
    const rest = draft.message.subarray(draft.offset);
    if (draft.symmetric.hasKey && rest.length < TAG_LENGTH) return { failure: 'truncated' };
    const payload = draft.symmetric.decryptAndHash(rest);
    return payload === undefined ? { failure: 'authentication' } : { payload };
  }

  #readToken(draft: Draft, token: HandshakeToken): HandshakeFailure | undefined {
    switch (token) {
      case 'e':
        return this.#readEphemeral(draft);
      case 's':
        return readStatic(draft);
      case 'psk':
        draft.symmetric.mixKeyAndHash(known(this.#preSharedKeys[draft.pskIndex]));
        draft.pskIndex++;
        return undefined;
      case 'ee':
      case 'es':
      case 'se':
      case 'ss':
        this.#mixShared(draft.symmetric, token, draft);
        return undefined;
    }
  }

  #readEphemeral(draft: Draft): HandshakeFailure | undefined {
    const key = draft.message.slice(draft.offset, draft.offset + DH_LENGTH);
    if (key.length < DH_LENGTH) return 'truncated';
    if (isLowOrder(key)) return 'low-order-key';
    draft.offset += DH_LENGTH;
    draft.remoteEphemeral = key;
    this.#mixEphemeral(draft.symmetric, key);
    return undefined;
  }

  #mixEphemeral(symmetric: SymmetricState, key: Uint8Array): void {
    symmetric.mixHash(key);
    // Section 9.2: in a psk handshake every ephemeral key is mixed into the key as well.
    if (this.#suite.pattern.pskCount > 0) symmetric.mixKey(key);
  }

  /** Mixes in ee, es, se or ss: first letter the initiator's key, second letter the responder's. */
  #mixShared(
    symmetric: SymmetricState,
    token: Exclude<HandshakeToken, 'e' | 's' | 'psk'>,
    remote: Pick<Draft, 'remoteEphemeral' | 'remoteStatic'>,
  ): void {
    const isInitiator = this.#role === 'initiator';
    const ownLetter = token[isInitiator ? 0 : 1];
    const remoteLetter = token[isInitiator ? 1 : 0];
    const secret = known(ownLetter === 'e' ? this.#ephemeralSecret : this.#staticSecret);
    const key = known(remoteLetter === 'e' ? remote.remoteEphemeral : remote.remoteStatic);
    // Every key was checked on arrival, so the result is never all zero here.
    const shared = known(this.#suite.crypto.x25519(secret, key));
    symmetric.mixKey(shared);
    wipe(shared);
  }

  #commit(draft: Draft): void {
    this.#symmetric.wipe();
    this.#symmetric = draft.symmetric;
    this.#remoteEphemeral = draft.remoteEphemeral;
    this.#remoteStatic = draft.remoteStatic;
    this.#pskIndex = draft.pskIndex;
    this.#messageIndex++;
  }
}

function readStatic(draft: Draft): HandshakeFailure | undefined {
  const length = DH_LENGTH + (draft.symmetric.hasKey ? TAG_LENGTH : 0);
  const field = draft.message.subarray(draft.offset, draft.offset + length);
  if (field.length < length) return 'truncated';
  const key = draft.symmetric.decryptAndHash(field);
  if (key === undefined) return 'authentication';
  if (isLowOrder(key)) return 'low-order-key';
  draft.offset += length;
  draft.remoteStatic = key;
  return undefined;
}

/** True for a key of low order. The top bit of its u-coordinate is masked before use (RFC 7748 section 5). */
function isLowOrder(key: Uint8Array): boolean {
  const masked = key.slice();
  masked[DH_LENGTH - 1] = (masked[DH_LENGTH - 1] as number) & 0x7f;
  return LOW_ORDER_POINTS.includes(toHex(masked));
}

/** Number of bytes of a message in addition to its payload. */
function messageOverhead(
  suite: Suite,
  tokens: readonly HandshakeToken[],
  hasKeyBefore: boolean,
): number {
  let hasKey = hasKeyBefore;
  let length = 0;
  for (const token of tokens) {
    if (token === 'e') length += DH_LENGTH;
    if (token === 's') length += DH_LENGTH + (hasKey ? TAG_LENGTH : 0);
    if (token !== 's') hasKey ||= token !== 'e' || suite.pattern.pskCount > 0;
  }
  return length + (hasKey ? TAG_LENGTH : 0);
}

/** A copy that does not share memory, whichever subclass of `Uint8Array` the caller passed. */
function copyOf(key: Uint8Array | undefined): Uint8Array | undefined {
  return key === undefined ? undefined : new Uint8Array(key);
}

/** The same bytes as a plain `Uint8Array`: `slice` of a socket's `Buffer` would share memory. */
function plainView(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a Noise key that was checked before is missing');
  return value;
}

function checkKeys(suite: Suite, options: HandshakeOptions, role: Role): void {
  const { initiatorPre, responderPre, messages, pskCount } = suite.pattern;
  const isInitiator = role === 'initiator';
  const ownPre = isInitiator ? initiatorPre : responderPre;
  const remotePre = isInitiator ? responderPre : initiatorPre;
  const own = messages.filter((_, index) => (index % 2 === 0) === isInitiator).flat();
  checkKey('staticSecret', options.staticSecret, ownPre.length > 0 || own.includes('s'));
  checkKey('ephemeralSecret', options.ephemeralSecret, own.includes('e'));
  checkKey('remoteStatic', options.remoteStatic, remotePre.length > 0);
  if (options.remoteStatic !== undefined && isLowOrder(options.remoteStatic)) {
    throw new RangeError('remoteStatic is a point of low order');
  }
  const keys = options.preSharedKeys ?? [];
  if (keys.length !== pskCount) {
    throw new RangeError(`${suite.name} takes ${pskCount} preSharedKeys, got ${keys.length}`);
  }
  for (const key of keys) {
    if (key.length !== PSK_LENGTH) throw new RangeError('a pre-shared key must have 32 bytes');
  }
}

function checkKey(name: string, key: Uint8Array | undefined, isNeeded: boolean): void {
  if ((key !== undefined) !== isNeeded) {
    throw new RangeError(`${name} is ${isNeeded ? 'needed' : 'not used'} by this Noise pattern`);
  }
  if (key !== undefined && key.length !== DH_LENGTH) {
    throw new RangeError(`${name} must have ${DH_LENGTH} bytes, got ${key.length}`);
  }
}
