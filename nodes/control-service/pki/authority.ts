/**
 * The CA of a core AS: issues certificates to ASes, and renews its own certificate with the root of that AS.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { IsdAs } from '../../scion/index.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateChain } from './chain.ts';
import { pkiCryptoOf } from './ecdsa.ts';
import { BACKDATED_S, CA_LIFETIME_S, CERTIFICATE_LIFETIME_S } from './geometry.ts';
import { type AsSecret, pkiKeyOf, rootOf, subjectOf } from './isd-material.ts';
import { type Issuer, makeCertificate, tryCertificate } from './issue.ts';
import type { RenewalWish } from './renewal.ts';

/** Issues certificates with the keys of a core AS. */
export class CertificateAuthority {
  readonly #crypto: CryptoProvider;
  readonly #as: AsSecret;
  #own: Required<Issuer>;

  /** @param certificate The certificate that the CA has at the start. */
  constructor(crypto: CryptoProvider, as: AsSecret, certificate: Certificate) {
    this.#crypto = crypto;
    this.#as = as;
    this.#own = {
      key: { curve: 'p256', key: pkiKeyOf(crypto, as.secret, 'ca') },
      certificate,
    };
  }

  /** The AS of the CA. */
  get isdAs(): IsdAs {
    return this.#as.isdAs;
  }

  /**
   * Issues a chain to the owner of an older certificate; undefined if it would be invalid.
   * @param seconds Now, since 1970.
   */
  issue(
    { subject }: Certificate,
    { key, lifetimeSeconds }: RenewalWish,
    root: Certificate,
    seconds: number,
  ): CertificateChain | undefined {
    const lifetime = Math.min(lifetimeSeconds, CERTIFICATE_LIFETIME_S);
    if (this.#own.certificate.notAfter < seconds + lifetime) this.#renew(root, seconds);
    const validity = { notBefore: seconds - BACKDATED_S, notAfter: seconds + lifetime };
    const about = { kind: 'as' as const, name: subject.bytes, key, ...validity };
    const as = tryCertificate(pkiCryptoOf(this.#crypto), about, this.#own);
    return typeof as === 'string' ? undefined : { as, ca: this.#own.certificate };
  }

  /** Issues the next certificate of the CA itself, for the same key. */
  #renew(root: Certificate, seconds: number): void {
    const validity = { notBefore: seconds - BACKDATED_S, notAfter: seconds + CA_LIFETIME_S };
    const subject = subjectOf(this.#as, 'ca', this.#own.key.key, validity);
    const issuer = rootOf(this.#crypto, this.#as, root);
    const certificate = makeCertificate(pkiCryptoOf(this.#crypto), subject, issuer);
    this.#own = { key: this.#own.key, certificate };
  }
}
