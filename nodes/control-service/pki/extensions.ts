/**
 * Extensions of certificates (RFC 5280 section 4.2) that the control-plane PKI uses.
 *
 * @module
 */
import {
  type DerCodec,
  derDefault,
  derImplicit,
  derOptional,
  derSequence,
  derSequenceOf,
  readDer,
} from '../../_kit/der.ts';
import { derBoolean, derInteger, derOid } from '../../_kit/der-primitives.ts';
import { derNamedBits, derOctets } from '../../_kit/der-strings.ts';

const EXTENSION_OIDS = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

/**
 * Extensions that may be critical; key identifiers may not (reference pkg/scrypto/cppki/certs.go, generalValidation).
 */
const MAY_BE_CRITICAL: readonly string[] = [
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.extendedKeyUsage,
];

/** Extended key usages, id-kp: those of SCION (draft-dekater-scion-pki) and those of RFC 5280 section 4.2.1.12. */
export const KEY_PURPOSES = {
  sensitive: '1.3.6.1.4.1.55324.1.3.1',
  regular: '1.3.6.1.4.1.55324.1.3.2',
  root: '1.3.6.1.4.1.55324.1.3.3',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;

/** Bits of key usage (RFC 5280 section 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5 } as const;

const EXTENSION = derSequence({
  oid: derOid,
  isCritical: derDefault(derBoolean, false),
  value: derOctets,
});
/** The extensions of a certificate. */
export const EXTENSIONS_CODEC = derSequenceOf(EXTENSION);
type Extension = Parameters<typeof EXTENSION.write>[0];

const KEY_USAGE_BITS = derNamedBits;
const BASIC_CONSTRAINTS = derSequence({
  isCa: derDefault(derBoolean, false),
  pathLength: derOptional(derInteger),
});
/** It must not contain issuer and serial number (draft-dekater-scion-pki, "authorityKeyIdentifier"). */
const AUTHORITY_KEY_ID = derSequence({ keyId: derOptional(derImplicit(0, derOctets)) });
const EXTENDED_KEY_USAGE = derSequenceOf(derOid);

/** The extensions that the PKI reads. */
export interface CertificateExtensions {
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
  /** Numbers of bits, see {@link KEY_USAGE}; none if absent. */
  readonly keyUsage: readonly number[];
  /** Object identifiers; none if absent. */
  readonly extendedKeyUsage: readonly string[];
  readonly basicConstraints:
    | {
        readonly isCritical: boolean;
        readonly isCa: boolean;
        /** Number of CAs that may follow in a chain. */
        readonly pathLength: number | undefined;
      }
    | undefined;
}

/**
 * Reads extensions. Undefined if an extension is malformed or occurs twice, if a key identifier is critical, or if an
 * unknown extension is critical (RFC 5280 section 4.2).
 */
export function readExtensions(list: readonly Extension[]): CertificateExtensions | undefined {
  const known = byOid(list);
  if (known === undefined) return undefined;
  let isGood = true;
  const read = <Value>(oid: string, codec: DerCodec<Value>): Value | undefined => {
    const found = known.get(oid);
    const result = found && readDer(codec, found.value);
    if (result?.kind === 'bad') isGood = false;
    return result?.kind === 'read' ? result.value : undefined;
  };
  const constraints = read(EXTENSION_OIDS.basicConstraints, BASIC_CONSTRAINTS);
  const extensions = {
    subjectKeyId: read(EXTENSION_OIDS.subjectKeyId, derOctets),
    authorityKeyId: read(EXTENSION_OIDS.authorityKeyId, AUTHORITY_KEY_ID)?.keyId,
    keyUsage: read(EXTENSION_OIDS.keyUsage, KEY_USAGE_BITS) ?? [],
    extendedKeyUsage: read(EXTENSION_OIDS.extendedKeyUsage, EXTENDED_KEY_USAGE) ?? [],
    basicConstraints: constraints && {
      ...constraints,
      isCritical: known.get(EXTENSION_OIDS.basicConstraints)?.isCritical === true,
    },
  };
  return isGood ? extensions : undefined;
}

function byOid(list: readonly Extension[]): ReadonlyMap<string, Extension> | undefined {
  const known = new Map<string, Extension>();
  for (const one of list) {
    if (known.has(one.oid) || (one.isCritical && !MAY_BE_CRITICAL.includes(one.oid))) {
      return undefined;
    }
    known.set(one.oid, one);
  }
  return known;
}

/** Writes the extensions that {@link readExtensions} reads, in the order of the object identifiers. */
export function extensionList(of: CertificateExtensions): Extension[] {
  const { subjectKeyId, authorityKeyId, keyUsage, extendedKeyUsage, basicConstraints } = of;
  const list: Extension[] = [];
  const add = (oid: string, isCritical: boolean, value: Uint8Array): void =>
    void list.push({ oid, isCritical, value });
  if (subjectKeyId !== undefined) {
    add(EXTENSION_OIDS.subjectKeyId, false, derOctets.write(subjectKeyId));
  }
  // RFC 5280 section 4.2.1.3: key usage should be critical.
  if (keyUsage.length > 0) add(EXTENSION_OIDS.keyUsage, true, KEY_USAGE_BITS.write(keyUsage));
  if (basicConstraints !== undefined) {
    const { isCritical, isCa, pathLength } = basicConstraints;
    add(EXTENSION_OIDS.basicConstraints, isCritical, BASIC_CONSTRAINTS.write({ isCa, pathLength }));
  }
  if (authorityKeyId !== undefined) {
    add(EXTENSION_OIDS.authorityKeyId, false, AUTHORITY_KEY_ID.write({ keyId: authorityKeyId }));
  }
  if (extendedKeyUsage.length > 0) {
    add(EXTENSION_OIDS.extendedKeyUsage, false, EXTENDED_KEY_USAGE.write(extendedKeyUsage));
  }
  return list;
}
