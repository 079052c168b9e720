/**
 * Renewal of certificates: in time, an AS asks the CA that issued its certificate for the next one; a core AS that is a
 * CA answers such requests.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { SigningKey } from '../../engine/host/signatures.ts';
import { equalBytes } from '../_kit/bytes.ts';
import { type IsdAs, readIsd } from '../scion/index.ts';
import { ASES_KEPT_MAX } from './geometry.ts';
import type { CertificateAuthority } from './pki/authority.ts';
import type { CertificateChain } from './pki/chain.ts';
import { pkiCryptoOf } from './pki/ecdsa.ts';
import { RENEWAL_RETRY_S } from './pki/geometry.ts';
import { readChain } from './pki/isd-material.ts';
import { decodeRenewal, encodeRenewal, type RenewalRefusal } from './pki/renewal.ts';
import type { ChainMaterialRefusal, TrustStore } from './pki/trust-store.ts';
import {
  decodeChain,
  decodeRenewalRequest,
  encodeChain,
  encodeRenewalRequest,
  type RenewalRequest,
} from './trust-messages.ts';

/** A certificate of this AS with its key. */
export interface OwnCertificate {
  readonly chain: CertificateChain;
  readonly key: SigningKey;
}

/** The keys, the store, the options and the clock of {@link Renewals}. */
export interface RenewalsParts {
  readonly isdAs: IsdAs;
  readonly crypto: CryptoProvider;
  readonly store: TrustStore;
  /** Requested lifetime of certificates, s. */
  readonly lifetimeSeconds: number;
  /** Instant after which no certificate is requested, seconds since 1970; Infinity for never. */
  readonly renewalEndsSeconds: number;
  /** Returns the key with a number: 0 for the first certificate, any other number for later certificates. */
  readonly keyOf: (generation: number) => SigningKey;
  /** Absent in an AS that is not a CA. */
  readonly authority: CertificateAuthority | undefined;
  /** Calendar time, seconds since 1970. */
  readonly seconds: () => number;
}

/** Why a CA does not issue a certificate, or an AS does not take an issued one. */
export type RenewalsRefusal =
  | RenewalRefusal
  | ChainMaterialRefusal
  | 'renewal-no-authority'
  | 'renewal-isd'
  | 'renewal-unknown'
  | 'renewal-often'
  | 'renewal-profile'
  | 'answer-malformed';

/** Renews the certificate of this AS and, if it is a CA, those of other ASes. */
export class Renewals {
  readonly #parts: RenewalsParts;
  #own: OwnCertificate;
  #count = 0;
  /**
   * The number of the new key in the present request: the time of the first try in seconds since 1970, so that a
   * control service does not make the same key again after a restart. Undefined while no certificate is requested.
   */
  #asked: number | undefined;
  /** Earliest time of the next request, seconds since 1970. */
  #nextSeconds = 0;
  /**
   * Signing time of the last answered request of each AS, seconds since 1970; the AS that was answered last comes last.
   */
  readonly #answeredSeconds = new Map<IsdAs, number>();

  constructor(parts: RenewalsParts, own: OwnCertificate) {
    this.#parts = parts;
    this.#own = own;
  }

  /** The certificate that is in use. */
  get own(): OwnCertificate {
    return this.#own;
  }

  /** How often the certificate was renewed since the start. */
  get count(): number {
    return this.#count;
  }

  /** The CA to ask for the next certificate, and the request; undefined if no request is due now. */
  due(): { readonly ca: IsdAs; readonly request: Uint8Array } | undefined {
    const { crypto, isdAs, lifetimeSeconds, renewalEndsSeconds, keyOf } = this.#parts;
    const seconds = this.#parts.seconds();
    const { as, ca } = this.#own.chain;
    // Less than a third of the requested lifetime is left; or more than all of it, as for a first certificate.
    const left = as.notAfter - seconds;
    const isDue = left < lifetimeSeconds / 3 || left > lifetimeSeconds;
    const authority = ca.isdAs;
    if (!isDue || seconds < this.#nextSeconds || seconds >= renewalEndsSeconds) return undefined;
    if (authority === undefined || authority === 'malformed') return undefined;
    this.#nextSeconds = seconds + RENEWAL_RETRY_S;
    this.#asked ??= seconds;
    const cms = encodeRenewal({
      ...{ crypto: pkiCryptoOf(crypto), certificate: as, lifetimeSeconds, seconds },
      key: { curve: 'p256', key: this.#own.key },
      newKey: { curve: 'p256', key: keyOf(this.#asked) },
    });
    const keyId = { isdAs, subjectKeyId: as.subjectKeyId };
    return { ca: authority, request: encodeRenewalRequest({ ...keyId, cms }) };
  }

  /** Takes the answer of a CA. @returns why it is refused; undefined if the new certificate is in use from now on. */
  take(answer: Uint8Array): RenewalsRefusal | undefined {
    const { isdAs, store, keyOf, seconds } = this.#parts;
    const bytes = decodeChain(answer);
    if (bytes === undefined) return 'answer-malformed';
    const chain = readChain(bytes.as, bytes.ca);
    if (chain === undefined) return 'chain-malformed';
    const key = this.#asked === undefined ? undefined : keyOf(this.#asked);
    if (key === undefined || !equalBytes(chain.as.key.point, key.publicKey)) return 'chain-owner';
    const refusal = store.addOwn(chain, isdAs, seconds());
    if (refusal !== undefined) return refusal;
    this.#asked = undefined;
    this.#count += 1;
    this.#own = { chain, key };
    return undefined;
  }

  /** Reads a request to this CA. @returns the request, or why it is refused. */
  read(body: Uint8Array): RenewalRequest | RenewalsRefusal {
    const { authority, isdAs } = this.#parts;
    if (authority === undefined) return 'renewal-no-authority';
    const request = decodeRenewalRequest(body);
    if (request === undefined) return 'renewal-malformed';
    return readIsd(request.isdAs) === readIsd(isdAs) ? request : 'renewal-isd';
  }

  /** Issues a certificate to an AS whose chain is known. @returns the answer, or why none is issued. */
  answer(body: Uint8Array): { readonly body: Uint8Array } | RenewalsRefusal {
    const { authority, store, crypto, seconds } = this.#parts;
    const request = this.read(body);
    if (typeof request === 'string') return request;
    const known = store.validChainOf(request, seconds());
    if (known === undefined) return 'renewal-unknown';
    const wish = decodeRenewal(pkiCryptoOf(crypto), request.cms, known.as, seconds());
    if (typeof wish === 'string') return wish;
    if (!this.#mayIssueTo(request.isdAs, wish.signedSeconds)) return 'renewal-often';
    const root = authority && store.rootOf(authority.isdAs);
    if (authority === undefined || root === undefined) return 'renewal-no-authority';
    const issued = authority.issue(known.as, wish, root, seconds());
    if (issued === undefined) return 'renewal-profile';
    return { body: encodeChain({ as: issued.as.bytes, ca: issued.ca.bytes }) };
  }

  /**
   * Records that an AS is issued a certificate. Times of signatures count and not those of arrivals: whoever replays a
   * request, or holds one back, takes nothing from the requests that the AS signs later.
   * @returns false if the AS signed the request less than 10 s after one that was answered, or before.
   */
  #mayIssueTo(isdAs: IsdAs, signedSeconds: number): boolean {
    const answered = this.#answeredSeconds;
    if (signedSeconds < (answered.get(isdAs) ?? 0) + RENEWAL_RETRY_S) return false;
    answered.delete(isdAs);
    answered.set(isdAs, signedSeconds);
    const [earliest] = answered.keys();
    if (answered.size > ASES_KEPT_MAX && earliest !== undefined) answered.delete(earliest);
    return true;
  }
}
