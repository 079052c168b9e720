/**
 * TRCs as operators read them, in answers to `trcs`, with the field names of the reference (scion-pki/trcs/inspect.go,
 * scion-pki trc inspect).
 *
 * @module
 */
import type { Certificate } from './certificate.ts';
import type { Trc } from './trc.ts';
import { containsTime } from './validity.ts';

/** A TRC as plain data: durations in seconds, instants in seconds since 1970. @param seconds Now, since 1970. */
export function describeTrc(trc: Trc, seconds: number): Readonly<Record<string, unknown>> {
  const { id, notBefore, notAfter, certificates, votes } = trc;
  return {
    id: { isd: id.isd, base_number: id.base, serial_number: id.serial },
    validity: { not_before: notBefore, not_after: notAfter },
    is_valid: containsTime(trc, seconds),
    grace_period: trc.graceSeconds,
    no_trust_reset: trc.noTrustReset,
    votes,
    voting_quorum: trc.quorum,
    core_ases: trc.coreAses,
    authoritative_ases: trc.authoritativeAses,
    description: trc.description,
    certificates: certificates.map(describeCertificate),
  };
}

function describeCertificate({
  kind,
  isdAs,
  notBefore,
  notAfter,
}: Certificate): Readonly<Record<string, unknown>> {
  const validity = { not_before: notBefore, not_after: notAfter };
  return { type: kind, isd_as: isdAs ?? '', validity };
}
