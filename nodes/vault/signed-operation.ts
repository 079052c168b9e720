/**
 * Vault: operations in the form that their actors have signed: COSE_Sign1 messages with an operation (see
 * `operation.ts`) as payload.
 *
 * The key that verifies an operation follows from the name of its actor and the configuration of this replica, never
 * from the message.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import {
  type CoseSign1,
  CoseVerifier,
  decodeCoseSign1,
  NOTHING_UNPROTECTED,
} from './cose-sign1.ts';
import type { VaultDropReason } from './drop-reasons.ts';
import { ACTORS_MAX, OPERATION_BYTES_MAX } from './geometry.ts';
import { decodeOperation, type Operation } from './operation.ts';
import { actorsIn } from './operation-effects.ts';

/** Separates signatures of operations from those of anything else. */
export const OPERATION_AAD: Uint8Array = new TextEncoder().encode('orrery/vault/1/operation');

/** Offset of a key in an unprotected header {-65537: key}, which only a defective replica reads. */
const CARRIED_KEY_OFFSET = 8;

/** A decoded operation. */
export interface SignedOperation {
  readonly signed: Uint8Array;
  readonly message: CoseSign1;
  readonly operation: Operation;
}

/** Decodes an operation without verifying it; undefined if it is malformed or too long. */
export function decodeSigned(signed: Uint8Array): SignedOperation | undefined {
  if (signed.length > OPERATION_BYTES_MAX) return undefined;
  const message = decodeCoseSign1(signed);
  const operation = message === undefined ? undefined : decodeOperation(message.payload);
  if (message === undefined || operation === undefined) return undefined;
  return { signed, message, operation };
}

/** What operations are verified against. */
export interface VerifierSetup {
  readonly vaultId: string;
  /** Ed25519 public keys by actor. */
  readonly actors: ReadonlyMap<string, Uint8Array>;
  readonly crypto: CryptoProvider;
  /** See `ReplicaBehaviour`. */
  readonly believesCarriedKey: boolean;
}

/** Verifies operations of one vault. */
export class OperationVerifier {
  readonly #setup: VerifierSetup;
  readonly #byActor: ReadonlyMap<string, CoseVerifier>;

  /** @throws RangeError for more than {@link ACTORS_MAX} actors. */
  constructor(setup: VerifierSetup) {
    const { actors, crypto } = setup;
    if (actors.size > ACTORS_MAX) throw new RangeError(`more than ${ACTORS_MAX} actors`);
    this.#setup = setup;
    this.#byActor = new Map(
      [...actors].map(([actor, key]) => [actor, new CoseVerifier(key, OPERATION_AAD, crypto)]),
    );
  }

  /** Checks that an operation is of this vault, and that all actors in it are known. */
  checkNames(operation: Operation): 'wrong-vault' | 'unknown-actor' | undefined {
    if (operation.vaultId !== this.#setup.vaultId) return 'wrong-vault';
    return this.knows([operation.actor, ...actorsIn(operation)]) ? undefined : 'unknown-actor';
  }

  /** True if all of these actors are known. */
  knows(actors: Iterable<string>): boolean {
    for (const actor of actors) if (!this.#byActor.has(actor)) return false;
    return true;
  }

  /** Checks the signature by the configured key of the actor. */
  checkSignature({ operation, message }: SignedOperation): VaultDropReason | undefined {
    const isSigned =
      this.#byActor.get(operation.actor)?.verify(message) === true ||
      (this.#setup.believesCarriedKey && this.#isSignedByCarriedKey(message));
    return isSigned ? undefined : 'bad-signature';
  }

  #isSignedByCarriedKey(message: CoseSign1): boolean {
    const key = message.unprotected.subarray(CARRIED_KEY_OFFSET);
    const verifier = new CoseVerifier(key, OPERATION_AAD, this.#setup.crypto);
    return verifier.verify({ ...message, unprotected: NOTHING_UNPROTECTED });
  }
}
