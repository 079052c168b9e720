/**
 * Vault: an attacker among the replicas, who changes some operations of others before passing them on.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import type { Item } from '../changes.ts';
import { type CoseSign1, CoseSigner, decodeCoseSign1, encodeCoseSign1 } from '../cose-sign1.ts';
import { encodeOperation, type Operation } from '../operation.ts';
import { decodeSigned, OPERATION_AAD } from '../signed-operation.ts';

/** A header parameter for private use (RFC 9052 section 11.1). */
const CARRIED_KEY = -65_537;

/** What a {@link TamperingReplica} is made from. */
export interface TamperingParts {
  readonly own: string;
  /** Share of the operations of others that it changes, 0..1. */
  readonly share: number;
  readonly secretKey: Uint8Array;
  readonly crypto: CryptoProvider;
  readonly random: Random;
  /** Called with each operation that it has changed. */
  readonly changed: (operation: Uint8Array) => void;
}

/** Changes operations of others: alternately by flipping one bit, and by changing the stamp and signing anew. */
export class TamperingReplica {
  readonly #parts: TamperingParts;
  readonly #signer: CoseSigner;
  #isForging = false;

  constructor(parts: TamperingParts) {
    this.#parts = parts;
    this.#signer = new CoseSigner(parts.secretKey, OPERATION_AAD, parts.crypto);
  }

  /** The item as it is passed on. */
  passOn(item: Item): Item {
    const { own, share, random, changed } = this.#parts;
    const operation = decodeSigned(item.operation)?.operation;
    if (operation === undefined || operation.actor === own || !random.chance(share)) return item;
    this.#isForging = !this.#isForging;
    const bytes = this.#isForging ? this.#forged(operation) : this.#flipped(item.operation);
    changed(bytes);
    return { ...item, operation: bytes };
  }

  #flipped(operation: Uint8Array): Uint8Array {
    const { random } = this.#parts;
    const bytes = operation.slice();
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  }

  /** The operation with a stamp one millisecond later, signed by this replica, with its public key in the header. */
  #forged(operation: Operation): Uint8Array {
    const [ms, logical, actor] = operation.stamp;
    const signed = this.#signer.sign(
      encodeOperation({ ...operation, stamp: [ms + 1, logical, actor] }),
    );
    const message = decodeCoseSign1(signed);
    return message === undefined ? signed : withKey(message, this.#signer.publicKey);
  }
}

/** The message with a key in its unprotected header. */
function withKey(message: CoseSign1, key: Uint8Array): Uint8Array {
  const [name, value, header] = [new CborWriter(), new CborWriter(), new CborWriter()];
  name.integer(CARRIED_KEY);
  value.string(key);
  header.map([[name.taken(), value.taken()]]);
  return encodeCoseSign1({ ...message, unprotected: header.taken() });
}
