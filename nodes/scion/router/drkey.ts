/**
 * DRKey: symmetric keys that an AS derives from one secret for any other AS and host.
 *
 * SCION "DRKey" (doc/cryptography/drkey.rst), reference pkg/drkey: secret value, level 1 key, and
 * the keys derived from it, both for protocols with their own derivation (pkg/drkey/specific) and
 * for all others (pkg/drkey/generic). Keys are not stored or fetched here.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import { computeCbcMac, derivePbkdf2Key } from '../mac.ts';
import type { HostAddress } from '../wire/host-address.ts';

/** Number of SCMP among DRKey protocols (pkg/drkey/protocol.go). */
export const DRKEY_PROTOCOL_SCMP = 1;
/** Validity of a secret value, seconds. */
export const DRKEY_EPOCH_SECONDS = 86_400;
/** Length of every DRKey, bytes. */
export const DRKEY_KEY_LENGTH = 16;

const SALT = 'Derive DRKey Key';
const TYPE_AS_TO_AS = 0;
const TYPE_AS_HOST = 1;
const TYPE_HOST_AS = 2;
const TYPE_HOST_HOST = 3;

/** Returns the start of the epoch of a time, both in seconds since 1970. */
export function drkeyEpochAt(seconds: number): number {
  return seconds - (seconds % DRKEY_EPOCH_SECONDS);
}

/** The data from which a secret value is derived. */
export interface SecretValueInput {
  readonly secret: Uint8Array;
  readonly protocol: number;
  /** Start of the epoch, seconds since 1970. */
  readonly epochBegin: number;
  readonly epochEnd: number;
}

/**
 * Derives the key from which an AS derives all its other keys for a protocol and an epoch. Takes
 * milliseconds.
 */
export function deriveDrkeySecretValue(
  crypto: CryptoProvider,
  input: SecretValueInput,
): Uint8Array {
  // In the reference the length is an integer of 8 bytes.
  const length = new Uint8Array(8);
  writeUint32(length, 4, input.secret.length);
  const tail = new Uint8Array(10);
  writeUint16(tail, 0, input.protocol);
  writeUint32(tail, 2, input.epochBegin);
  writeUint32(tail, 6, input.epochEnd);
  return derivePbkdf2Key(crypto, concatBytes(length, input.secret, tail), SALT);
}

/**
 * Derives a level 1 key, which two ASes share.
 * @param isdAs The other AS, 8 bytes.
 */
export function deriveDrkeyLevel1Key(
  crypto: CryptoProvider,
  secret: Uint8Array,
  isdAs: Uint8Array,
): Uint8Array {
  return computeCbcMac(crypto, secret, concatBytes(Uint8Array.of(TYPE_AS_TO_AS), isdAs));
}

/**
 * Derives a protocol-specific level 2 key, which the deriving AS and a host of the other AS share.
 */
export function deriveDrkeyAsHostKey(
  crypto: CryptoProvider,
  level1: Uint8Array,
  host: HostAddress,
): Uint8Array {
  return computeCbcMac(crypto, level1, hostInput(TYPE_AS_HOST, host));
}

/**
 * Derives a protocol-specific level 2 key, which a host of the deriving AS and the other AS share.
 */
export function deriveDrkeyHostAsKey(
  crypto: CryptoProvider,
  level1: Uint8Array,
  host: HostAddress,
): Uint8Array {
  return computeCbcMac(crypto, level1, hostInput(TYPE_HOST_AS, host));
}

/**
 * Derives a level 3 key, which two hosts share; protocol-specific and generic keys are derived in
 * the same way.
 * @param hostAs The host-AS key of the deriving AS's host.
 * @param host The host of the other AS.
 */
export function deriveDrkeyHostHostKey(
  crypto: CryptoProvider,
  hostAs: Uint8Array,
  host: HostAddress,
): Uint8Array {
  return computeCbcMac(crypto, hostAs, hostInput(TYPE_HOST_HOST, host));
}

/** The host and the protocol of a generic key. */
export interface GenericKeyInput {
  /** Number of the protocol, 16 bits; not 0. */
  readonly protocol: number;
  readonly host: HostAddress;
}

/**
 * Derives a generic level 2 key, which the deriving AS and a host of the other AS share.
 * @param level1 The level 1 key of protocol 0.
 */
export function deriveGenericDrkeyAsHostKey(
  crypto: CryptoProvider,
  level1: Uint8Array,
  input: GenericKeyInput,
): Uint8Array {
  return computeCbcMac(crypto, level1, genericInput(TYPE_AS_HOST, input));
}

/**
 * Derives a generic level 2 key, which a host of the deriving AS and the other AS share.
 * @param level1 The level 1 key of protocol 0.
 */
export function deriveGenericDrkeyHostAsKey(
  crypto: CryptoProvider,
  level1: Uint8Array,
  input: GenericKeyInput,
): Uint8Array {
  return computeCbcMac(crypto, level1, genericInput(TYPE_HOST_AS, input));
}

/**
 * Input of a protocol-specific derivation (reference pkg/drkey/specific): type of key, type of
 * address, address.
 */
function hostInput(type: number, { type: hostType, bytes }: HostAddress): Uint8Array {
  return concatBytes(Uint8Array.of(type, hostType), bytes);
}

/**
 * Input of a generic derivation (reference pkg/drkey/generic): the protocol is between type of key
 * and type of address.
 */
function genericInput(type: number, { protocol, host }: GenericKeyInput): Uint8Array {
  const head = Uint8Array.of(type, 0, 0, host.type);
  writeUint16(head, 1, protocol);
  return concatBytes(head, host.bytes);
}
