/**
 * The five kinds of certificates of the control-plane PKI, and what each must contain (draft-dekater-scion-pki, section
 * "Certificate Specification"; reference pkg/scrypto/cppki/certs.go, ValidateCert).
 *
 * @module
 */
import { equalBytes } from '../../_kit/bytes.ts';
import { type CertificateExtensions, KEY_PURPOSES, KEY_USAGE } from './extensions.ts';
import { isdAsOfName, type Name } from './name.ts';

/**
 * What the key of a certificate signs: votes on TRCs (`sensitive`, `regular`), certificates of CAs (`root`),
 * certificates of ASes (`ca`), or an AS's own messages (`as`).
 */
export type CertificateKind = 'sensitive' | 'regular' | 'root' | 'ca' | 'as';

/** Why the content of a certificate is refused. */
export type ProfileRefusal =
  | 'certificate-kind'
  | 'certificate-key-id'
  | 'certificate-authority-key-id'
  | 'certificate-key-usage'
  | 'certificate-purpose'
  | 'certificate-constraints'
  | 'certificate-name';

/** The parts of a certificate to which the profile applies. */
export interface ProfiledContent extends CertificateExtensions {
  readonly issuer: Name;
  readonly subject: Name;
}

/** Number of CAs that may follow in a chain: one after a root, none after a CA. */
const PATH_LENGTH = { root: 1, ca: 0 } as const;

/** The kind of a certificate, by what its key is used for (reference, classifyCert). */
export function kindOf(content: ProfiledContent): CertificateKind | undefined {
  const { extendedKeyUsage, keyUsage } = content;
  for (const purpose of extendedKeyUsage) {
    if (purpose === KEY_PURPOSES.sensitive) return 'sensitive';
    if (purpose === KEY_PURPOSES.regular) return 'regular';
    if (purpose === KEY_PURPOSES.root) return 'root';
  }
  if (keyUsage.includes(KEY_USAGE.keyCertSign)) return 'ca';
  return keyUsage.includes(KEY_USAGE.digitalSignature) ? 'as' : undefined;
}

/** Checks the profile of a kind. @returns why the certificate does not fit it; undefined if it does. */
export function profileRefusal(
  kind: CertificateKind,
  content: ProfiledContent,
): ProfileRefusal | undefined {
  const { subjectKeyId } = content;
  if (subjectKeyId === undefined || subjectKeyId.length === 0) return 'certificate-key-id';
  if (kind === 'root' || kind === 'ca') return issuerRefusal(kind, content);
  return kind === 'as' ? asRefusal(content) : voterRefusal(content);
}

/** Checks the certificate of a root or CA (reference, validateRoot, validateCA and commonCAValidation). */
function issuerRefusal(kind: 'root' | 'ca', content: ProfiledContent): ProfileRefusal | undefined {
  const { keyUsage, extendedKeyUsage, basicConstraints } = content;
  if (!keyUsage.includes(KEY_USAGE.keyCertSign)) return 'certificate-key-usage';
  if (keyUsage.includes(KEY_USAGE.digitalSignature)) return 'certificate-key-usage';
  if (isForTls(extendedKeyUsage)) return 'certificate-purpose';
  const isCa = basicConstraints?.isCritical === true && basicConstraints.isCa;
  if (!isCa || basicConstraints.pathLength !== PATH_LENGTH[kind]) return 'certificate-constraints';
  if (!isOfAses(content)) return 'certificate-name';
  const isIdentified = kind === 'root' ? isOwnAuthority(content) : hasAuthority(content);
  return isIdentified ? undefined : 'certificate-authority-key-id';
}

/** Checks the certificate of an AS (reference, validateAS). */
function asRefusal(content: ProfiledContent): ProfileRefusal | undefined {
  const { keyUsage, extendedKeyUsage, basicConstraints } = content;
  if (!keyUsage.includes(KEY_USAGE.digitalSignature)) return 'certificate-key-usage';
  if (keyUsage.includes(KEY_USAGE.keyCertSign)) return 'certificate-key-usage';
  if (basicConstraints?.isCa === true) return 'certificate-constraints';
  if (!isOfAses(content)) return 'certificate-name';
  if (!hasAuthority(content)) return 'certificate-authority-key-id';
  return extendedKeyUsage.includes(KEY_PURPOSES.timeStamping) ? undefined : 'certificate-purpose';
}

/** Checks the certificate of a voter (reference, validateSensitive, validateRegular and commonVotingValidation). */
function voterRefusal(content: ProfiledContent): ProfileRefusal | undefined {
  const { keyUsage, extendedKeyUsage, basicConstraints, issuer, subject } = content;
  if (!isOwnAuthority(content)) return 'certificate-authority-key-id';
  if (keyUsage.includes(KEY_USAGE.keyCertSign)) return 'certificate-key-usage';
  if (keyUsage.includes(KEY_USAGE.digitalSignature)) return 'certificate-key-usage';
  if (!extendedKeyUsage.includes(KEY_PURPOSES.timeStamping)) return 'certificate-purpose';
  if (isForTls(extendedKeyUsage)) return 'certificate-purpose';
  const isBoth = [KEY_PURPOSES.sensitive, KEY_PURPOSES.regular].every((one) =>
    extendedKeyUsage.includes(one),
  );
  if (isBoth) return 'certificate-purpose';
  if (basicConstraints?.isCa === true) return 'certificate-constraints';
  // Voters need not be ASes, but the number of an AS in their names must be well-formed.
  const names = [issuer, subject].map(isdAsOfName);
  return names.includes('malformed') ? 'certificate-name' : undefined;
}

function isForTls(purposes: readonly string[]): boolean {
  return purposes.includes(KEY_PURPOSES.clientAuth) || purposes.includes(KEY_PURPOSES.serverAuth);
}

function isOfAses({ issuer, subject }: ProfiledContent): boolean {
  return [issuer, subject]
    .map(isdAsOfName)
    .every((one) => one !== undefined && one !== 'malformed');
}

function hasAuthority({ authorityKeyId }: ProfiledContent): boolean {
  return authorityKeyId !== undefined && authorityKeyId.length > 0;
}

/** True if a self-signed certificate names its own key as its authority, or none. */
function isOwnAuthority({ authorityKeyId, subjectKeyId }: ProfiledContent): boolean {
  if (authorityKeyId === undefined || authorityKeyId.length === 0) return true;
  return subjectKeyId !== undefined && equalBytes(authorityKeyId, subjectKeyId);
}
