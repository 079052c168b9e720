/**
 * DRKey: symmetric keys that an AS derives from one secret for any other AS and host.
 *
 * SCION "DRKey" (doc/cryptography/drkey.rst), reference pkg/drkey: secret value, level 1, and the
 * protocol-specific AS-host key that authenticates SCMP. Keys are not fetched from other ASes.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatBytes, writeUint16, writeUint32 } from '../../_kit/bytes.ts';
import { derivePbkdf2Key } from '../mac.ts';

/** Number of SCMP among DRKey protocols (pkg/drkey/protocol.go). */
export const DRKEY_PROTOCOL_SCMP = 1;
/** Validity of a secret value, seconds. */
export const DRKEY_EPOCH_SECONDS = 86_400;

const BLOCK_LENGTH = 16;
const SALT = 'Derive DRKey Key';
const TYPE_AS_TO_AS = 0;
const TYPE_AS_HOST = 1;

/** The input for a secret value. */
export interface SecretValueInput {
  readonly secret: Uint8Array;
  readonly protocol: number;
  /** Start of the epoch, seconds since 1970. */
  readonly epochBegin: number;
  readonly epochEnd: number;
}

/** The key from which an AS derives all its other keys for an epoch. Takes milliseconds. */
export function deriveDrkeySecretValue(
  crypto: CryptoProvider,
  input: SecretValueInput,
): Uint8Array {
  // The reference's length prefix has 8 bytes.
  const length = new Uint8Array(8);
  writeUint32(length, 4, input.secret.length);
  const tail = new Uint8Array(10);
  writeUint16(tail, 0, input.protocol);
  writeUint32(tail, 2, input.epochBegin);
  writeUint32(tail, 6, input.epochEnd);
  return derivePbkdf2Key(crypto, concatBytes(length, input.secret, tail), SALT);
}

/** Level 1: the key between two ASes. @param isdAs The other AS, 8 bytes. */
export function deriveDrkeyLevel1Key(
  crypto: CryptoProvider,
  secret: Uint8Array,
  isdAs: Uint8Array,
): Uint8Array {
  return cbcMac(crypto, secret, concatBytes(Uint8Array.of(TYPE_AS_TO_AS), isdAs));
}

/** Level 2, protocol-specific, AS-host. @param hostType Type nibble of the address. */
export function deriveDrkeyAsHostKey(
  crypto: CryptoProvider,
  level1: Uint8Array,
  hostType: number,
  host: Uint8Array,
): Uint8Array {
  return cbcMac(crypto, level1, concatBytes(Uint8Array.of(TYPE_AS_HOST, hostType), host));
}

/** The last block of AES-128-CBC with IV 0 over the zero-padded input. */
function cbcMac(crypto: CryptoProvider, key: Uint8Array, input: Uint8Array): Uint8Array {
  const zeros = new Uint8Array(BLOCK_LENGTH);
  let state = new Uint8Array(BLOCK_LENGTH);
  for (let offset = 0; offset < input.length; offset += BLOCK_LENGTH) {
    const block = new Uint8Array(BLOCK_LENGTH);
    block.set(input.subarray(offset, offset + BLOCK_LENGTH));
    for (let at = 0; at < BLOCK_LENGTH; at++) {
      block[at] = (block[at] as number) ^ (state[at] as number);
    }
    // One block of counter mode over zeros is the block cipher itself.
    state = Uint8Array.from(crypto.aesCtr(key, block, zeros));
  }
  return state;
}
