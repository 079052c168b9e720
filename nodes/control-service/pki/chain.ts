/**
 * Chains: the certificate of an AS, signed by a CA, whose certificate is signed by a root in a TRC of the AS's ISD
 * (reference pkg/scrypto/cppki/certs.go, VerifyChain and ValidateChain).
 *
 * @module
 */
import { equalBytes } from '../../_kit/bytes.ts';
import { readIsd } from '../../scion/index.ts';
import { type Certificate, certificateVerdict } from './certificate.ts';
import type { PkiCrypto } from './ecdsa.ts';
import { certificatesOfKind, type Trc } from './trc.ts';
import { containsTime, covers, type Validity } from './validity.ts';

/** The certificate of an AS and that of its CA. */
export interface CertificateChain {
  readonly as: Certificate;
  readonly ca: Certificate;
}

/** Why a chain is refused, in the order of the checks. */
export type ChainRefusal =
  | 'chain-kind'
  | 'chain-isd'
  | 'chain-issuer'
  | 'chain-not-covered'
  | 'chain-no-root'
  | 'chain-algorithm'
  | 'chain-signature'
  | 'chain-time';

/**
 * Verifies a chain under a TRC.
 * @param seconds Now, since 1970.
 * @returns when the chain is valid, or why it is refused.
 */
export function verifyChain(
  crypto: PkiCrypto,
  { as, ca }: CertificateChain,
  trc: Trc,
  seconds: number,
): Validity | ChainRefusal {
  if (as.kind !== 'as' || ca.kind !== 'ca') return 'chain-kind';
  const { isdAs } = as;
  // A root may vouch only for ASes of its own ISD.
  if (isdAs === undefined || isdAs === 'malformed' || readIsd(isdAs) !== trc.id.isd) {
    return 'chain-isd';
  }
  if (!isIssuedBy(as, ca)) return 'chain-issuer';
  if (!covers(ca, as)) return 'chain-not-covered';
  const roots = certificatesOfKind(trc, 'root').filter((root) => isIssuedBy(ca, root));
  if (roots.length === 0) return 'chain-no-root';
  const byCa = certificateVerdict(crypto, as, ca.key);
  if (byCa === 'unsupported') return 'chain-algorithm';
  if (byCa === 'invalid') return 'chain-signature';
  const verdicts = roots.map((root) => certificateVerdict(crypto, ca, root.key));
  const root = roots[verdicts.indexOf('valid')];
  if (root === undefined) {
    return verdicts.includes('unsupported') ? 'chain-algorithm' : 'chain-signature';
  }
  const validity = {
    notBefore: Math.max(as.notBefore, ca.notBefore, root.notBefore),
    notAfter: Math.min(as.notAfter, ca.notAfter, root.notAfter),
  };
  return containsTime(validity, seconds) ? validity : 'chain-time';
}

/** RFC 5280 sections 6.1.3 (a) and 4.2.1.1: the names agree, and the key identifiers agree if both are present. */
function isIssuedBy(one: Certificate, issuer: Certificate): boolean {
  if (!equalBytes(one.issuer.bytes, issuer.subject.bytes)) return false;
  const { authorityKeyId } = one;
  return authorityKeyId === undefined || equalBytes(authorityKeyId, issuer.subjectKeyId);
}
