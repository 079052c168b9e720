/**
 * When the certificate of a gateway's server ends, as the file on disk says; a gateway reads it at its start and on SIGHUP.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsFiles } from '../nodes/gateway/index.ts';

const MS_PER_DAY = 86_400_000;
/** Days before its end from which a certificate is worth a warning. */
const WARNING_DAYS = 30;

/** What is wrong with the certificate, in a sentence, and whether it has ended; undefined if nothing is. */
export function findCertificateProblem(
  folder: string,
  tls: TlsFiles | undefined,
  nowMs: number,
): { readonly text: string; readonly hasEnded: boolean } | undefined {
  if (tls === undefined) return undefined;
  let endMs: number;
  try {
    const certificate = new X509Certificate(readFileSync(resolve(folder, tls.certificate)));
    endMs = Date.parse(certificate.validTo);
  } catch {
    return { text: `htx.cert_path: ${tls.certificate} cannot be read`, hasEnded: false };
  }
  const days = Math.floor((endMs - nowMs) / MS_PER_DAY);
  if (days >= WARNING_DAYS) return undefined;
  const day = new Date(endMs).toISOString().slice(0, 10);
  if (endMs <= nowMs)
    return { text: `the certificate ${tls.certificate} ended on ${day}`, hasEnded: true };
  return {
    text: `the certificate ${tls.certificate} ends in ${days} days, on ${day}`,
    hasEnded: false,
  };
}
