/**
 * What a client of secure aggregation is made from.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { checkSurvivorLists } from './client-checks.ts';
import type { UsedKeyLedger } from './key-ledger.ts';
import type { SeedRule } from './seeds.ts';
import type { SecaggConfig } from './session-config.ts';

/** A client's long-term signing identity, for signed mode. */
export interface ClientIdentity {
  /** Secret of Ed25519, 32 bytes. */
  readonly secret: Uint8Array;
  /** Public key of any client's identity, this one included. */
  readonly publicKeyOf: (index: number) => Uint8Array | undefined;
}

/** What a {@link ClientMachine} is made from. */
export interface ClientMachineParts {
  readonly config: SecaggConfig;
  /** Index of this client in the session, 0 … n-1. */
  readonly index: number;
  /**
   * Fewest survivors with which the client gives shares to open a sum; only for graphs in which it sees
   * all survivors.
   */
  readonly least?: number;
  readonly crypto: CryptoProvider;
  /** Draws secret bytes: for keys, own mask, and coefficients of shares, in this order. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Signs for this client and verifies others; needed in signed mode. */
  readonly identity?: ClientIdentity;
  /** Time from the beginning until the client gives up, ns. */
  readonly sessionTimeoutNs: Nanoseconds;
  /** Refuses keys that an earlier session of this client had. */
  readonly ledger?: UsedKeyLedger;
  /** How mask seeds are derived from secrets; default: {@link PROTOCOL_SEED_RULE}. */
  readonly seeds?: SeedRule | undefined;
  /** The client's check of the lists of survivors and lost; by default that of the protocol. */
  readonly checkLists?: typeof checkSurvivorLists;
}
