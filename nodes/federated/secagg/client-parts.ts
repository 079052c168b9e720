/**
 * What a client of secure aggregation is made from.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { checkLists } from './client-checks.ts';
import type { KeyLedger } from './key-ledger.ts';
import type { SeedRule } from './seeds.ts';
import type { SecaggConfig } from './session-config.ts';

/** A client's long-term identity, for signed mode. */
export interface ClientIdentity {
  /** 32 bytes of Ed25519. */
  readonly secret: Uint8Array;
  /** Identity of another client, or of this one. */
  readonly publicKeyOf: (index: number) => Uint8Array | undefined;
}

/** What a client needs. */
export interface ClientParts {
  readonly config: SecaggConfig;
  /** 0 … n-1. */
  readonly index: number;
  /** Survivors without which it opens nothing; counts where each client sees all of them. */
  readonly least?: number;
  readonly crypto: CryptoProvider;
  /** Secret bytes: keys, own mask, coefficients of shares, in this order. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Needed in signed mode. */
  readonly identity?: ClientIdentity;
  /** From the beginning until the client gives up. */
  readonly sessionTimeoutNs: Nanoseconds;
  /** Refuses keys that an earlier session of this client had. */
  readonly ledger?: KeyLedger;
  /** How seeds follow from secrets; by default as they should. */
  readonly seeds?: SeedRule | undefined;
  /** Its check of the lists of survivors and lost; by default that of the protocol. */
  readonly checkLists?: typeof checkLists;
}
