/**
 * What a TRC may change in its predecessor, and who must agree (draft-dekater-scion-pki, sections "Regular TRC Update"
 * and "Sensitive TRC Update"; reference pkg/scrypto/cppki/trc.go, ValidateUpdate).
 *
 * @module
 */
import { equalBytes } from '../../_kit/bytes.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateKind } from './profile.ts';
import { certificatesOfKind, type Trc } from './trc.ts';

/** Why a TRC may not follow another, in the order of the checks. */
export type TrcUpdateRefusal =
  | 'update-isd'
  | 'update-base'
  | 'update-serial'
  | 'update-trust-reset'
  | 'update-quorum'
  | 'update-vote'
  | 'update-not-regular'
  | 'update-vote-missing';

/** The kind of an update, and the certificates whose owners must sign it. */
export interface TrcUpdate {
  readonly kind: 'regular' | 'sensitive';
  /** Voting certificates that the predecessor does not have: their owners prove that they have the keys. */
  readonly newVoters: readonly Certificate[];
  /** Certificates of the predecessor whose owners vote. */
  readonly votes: readonly Certificate[];
  /** Roots of the predecessor that a regular update replaces: their owners agree to it. */
  readonly acknowledging: readonly Certificate[];
}

/** Finds who must sign an update, or why it is not a valid update. */
export function trcUpdateOf(trc: Trc, predecessor: Trc): TrcUpdate | TrcUpdateRefusal {
  const [id, before] = [trc.id, predecessor.id];
  if (id.isd !== before.isd) return 'update-isd';
  if (id.base !== before.base) return 'update-base';
  if (id.serial !== before.serial + 1) return 'update-serial';
  if (trc.noTrustReset !== predecessor.noTrustReset) return 'update-trust-reset';
  if (trc.votes.length < predecessor.quorum) return 'update-quorum';
  const votes = trc.votes.map((vote) => predecessor.certificates[vote]);
  // An update with the votes of regular voters is regular; any other update is sensitive.
  const kind = votes[0]?.kind === 'regular' ? 'regular' : 'sensitive';
  const voters = votes.filter((one) => one !== undefined).filter((one) => one.kind === kind);
  if (voters.length < votes.length) return 'update-vote';
  const newVoters = (['sensitive', 'regular'] as const).flatMap((one) =>
    certificatesOfKind(trc, one).filter((voter) => !isIn(voter, predecessor)),
  );
  if (kind === 'sensitive') return { kind, newVoters, votes: voters, acknowledging: [] };
  const refusal = regularRefusal(trc, predecessor, voters);
  if (refusal !== undefined) return refusal;
  const acknowledging = replacedBy(trc, predecessor, 'root');
  return { kind, newVoters, votes: voters, acknowledging };
}

/** Checks the restrictions on a regular update (reference, validateRegular). */
function regularRefusal(
  trc: Trc,
  predecessor: Trc,
  voters: readonly Certificate[],
): TrcUpdateRefusal | undefined {
  const isSame =
    trc.quorum === predecessor.quorum &&
    areEqual(trc.coreAses, predecessor.coreAses) &&
    areEqual(trc.authoritativeAses, predecessor.authoritativeAses);
  if (!isSame) return 'update-not-regular';
  const sensitive = certificatesOfKind(trc, 'sensitive');
  if (sensitive.some((one) => !isIn(one, predecessor))) return 'update-not-regular';
  for (const kind of ['sensitive', 'regular', 'root'] as const) {
    if (!haveSameOwners(trc, predecessor, kind)) return 'update-not-regular';
  }
  const changed = replacedBy(trc, predecessor, 'regular');
  return changed.every((one) => voters.includes(one)) ? undefined : 'update-vote-missing';
}

/** True if the certificates of a kind have the same subjects as in the predecessor, each once. */
function haveSameOwners(trc: Trc, predecessor: Trc, kind: CertificateKind): boolean {
  const [now, before] = [certificatesOfKind(trc, kind), certificatesOfKind(predecessor, kind)];
  return now.length === before.length && now.every((one) => ownerIn(before, one) !== undefined);
}

/** Certificates of the predecessor that a TRC has replaced by others of the same subject. */
function replacedBy(trc: Trc, predecessor: Trc, kind: CertificateKind): Certificate[] {
  const before = certificatesOfKind(predecessor, kind);
  return certificatesOfKind(trc, kind).flatMap((one) => {
    const old = ownerIn(before, one);
    return old === undefined || equalBytes(old.bytes, one.bytes) ? [] : [old];
  });
}

function ownerIn(list: readonly Certificate[], { subject }: Certificate): Certificate | undefined {
  return list.find((one) => equalBytes(one.subject.bytes, subject.bytes));
}

function isIn({ bytes, kind }: Certificate, { certificates }: Trc): boolean {
  return certificates.some((one) => one.kind === kind && equalBytes(one.bytes, bytes));
}

function areEqual(now: readonly string[], before: readonly string[]): boolean {
  return now.length === before.length && now.every((one, index) => one === before[index]);
}
