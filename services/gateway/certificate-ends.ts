/**
 * When the certificates of a server end, in sentences on which an operator can act.
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

/** When a file of certificates stops being of use. */
export interface CertificateEnd {
  readonly name: string;
  readonly endMs: number;
  /** True if nothing works without it; clients may have the certificate of an issuer from elsewhere. */
  readonly isNeeded: boolean;
}

const MS_PER_DAY = 86_400_000;
/** Days before its end from which a certificate is worth a warning. */
const WARNING_DAYS = 30;
/** A certificate among others (RFC 7468 section 5). */
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Reads when the certificates of a server end. @throws Error of the system if one is none. */
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
  // Of the CAs of clients, each lets in its own.
  if (clientCa !== undefined) {
    ends.push({ name: 'client CA', endMs: greatestOf(endsOf(clientCa)), isNeeded: true });
  }
  return ends;
}

/** What is wrong with certificates: `reasons` of those that have ended, `warnings` of issuers that have and of what ends soon. */
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
