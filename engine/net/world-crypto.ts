/**
 * The crypto providers of a world's hosts, charged to their machines or not.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import { CpuChargedCrypto } from './charged-crypto.ts';
import type { Machine } from './machine.ts';
import { KeyAgreementCache } from './shared-agreements.ts';

/** Gives the crypto providers to the hosts of a world and to their jobs. */
export class WorldCryptoProviders {
  private readonly cryptoFor: (host: string) => CryptoProvider;
  private readonly agreements = new KeyAgreementCache();

  constructor(cryptoFor: (host: string) => CryptoProvider) {
    this.cryptoFor = cryptoFor;
  }

  /** The provider of a host; if its machine has a profile, each call is charged to the machine. */
  of(host: string, machine: Machine): CryptoProvider {
    const provider = this.cryptoFor(host);
    return machine.profile === undefined ? provider : new CpuChargedCrypto(provider, machine);
  }

  /** The provider of jobs whose agreements are computed once for both ends; charges nothing. */
  sharing(host: string): CryptoProvider {
    return this.agreements.share(this.cryptoFor(host));
  }
}
