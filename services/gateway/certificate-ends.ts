/**
 * When the certificates of a server expire, in sentences on which an operator can act.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { greatestOf, leastOf } from '../../engine/pure/extremes.ts';

/** Contents of PEM files. */
interface CertificateFiles {
  readonly certificate: string;
  readonly clientCa: string | undefined;
}

/** When the certificates of a file expire. */
export interface CertificateEnd {
  readonly name: string;
  readonly endMs: number;
  /**
   * True if the server does not work without the certificate; false for certificates of issuers,
   * which clients may get elsewhere.
   */
  readonly isNeeded: boolean;
}

const MS_PER_DAY = 86_400_000;
/** A warning is given this many days before a certificate expires. */
const WARNING_DAYS = 30;
/** Matches one certificate of a PEM file with several (RFC 7468 section 5). */
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads when the certificates of a server expire.
 * @throws Error of the system if a file contains no certificate.
 */
export function readCertificateEnds({
  certificate,
  clientCa,
}: CertificateFiles): readonly CertificateEnd[] {
  const [leaf, ...issuers] = endsOf(certificate);
  const ends = [{ name: 'certificate', endMs: leaf ?? 0, isNeeded: true }];
  if (issuers.length > 0) {
    const endMs = leastOf(issuers);
    ends.push({ name: 'issuer of the certificate', endMs, isNeeded: false });
  }
  // Any CA of the file can admit clients, so the file is of use until its last CA expires.
  if (clientCa !== undefined) {
    ends.push({ name: 'client CA', endMs: greatestOf(endsOf(clientCa)), isNeeded: true });
  }
  return ends;
}

/**
 * What is wrong with certificates: `reasons` are about certificates that have expired; `warnings`
 * are about issuers that have expired, and about certificates that expire soon.
 */
export function listCertificateProblems(
  ends: readonly CertificateEnd[],
  nowMs: number,
): { readonly reasons: readonly string[]; readonly warnings: readonly string[] } {
  const ended = ends.filter(({ endMs }) => endMs <= nowMs);
  const soon = ends.filter(
    ({ endMs }) => endMs > nowMs && endMs < nowMs + WARNING_DAYS * MS_PER_DAY,
  );
  const saysEnded = ({ name, endMs }: CertificateEnd): string => `${name} ended on ${dayOf(endMs)}`;
  const endsSoon = soon.map(({ name, endMs }) => {
    const days = Math.floor((endMs - nowMs) / MS_PER_DAY);
    return `${name} ends in ${days} days, on ${dayOf(endMs)}`;
  });
  return {
    reasons: ended.filter(({ isNeeded }) => isNeeded).map(saysEnded),
    warnings: [...ended.filter(({ isNeeded }) => !isNeeded).map(saysEnded), ...endsSoon],
  };
}

function endsOf(pem: string): readonly number[] {
  return (pem.match(BLOCK) ?? [pem]).map((one) => Date.parse(new X509Certificate(one).validTo));
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
