/**
 * The control-plane PKI of an ISD for tests, on any of the curves: three voters, two of which a quorum needs, two roots, a CA and
 * an AS. Keys sign by noble, and signatures are verified by OpenSSL.
 *
 * @module
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { expect } from 'vitest';
import {
  type Certificate,
  decodeCertificate,
} from '../../../../../nodes/control-service/pki/certificate.ts';
import type { CertificateChain } from '../../../../../nodes/control-service/pki/chain.ts';
import {
  encodeSignedData,
  type SignerInfo,
  signPayload,
} from '../../../../../nodes/control-service/pki/cms.ts';
import type {
  CurveName,
  EcdsaKey,
  PkiCrypto,
} from '../../../../../nodes/control-service/pki/ecdsa.ts';
import {
  type Issuer,
  makeCertificate,
  type Subject,
} from '../../../../../nodes/control-service/pki/issue.ts';
import { encodeName } from '../../../../../nodes/control-service/pki/name.ts';
import type { CertificateKind } from '../../../../../nodes/control-service/pki/profile.ts';
import {
  decodeSignedTrc,
  type SignedTrc,
} from '../../../../../nodes/control-service/pki/signed-trc.ts';
import { encodeTrc, type TrcContent } from '../../../../../nodes/control-service/pki/trc.ts';
import type { Validity } from '../../../../../nodes/control-service/pki/validity.ts';
import { type IsdAs, requireIsdAs } from '../../../../../nodes/scion/index.ts';

const CURVES = {
  p256: { noble: p256, name: 'P-256' },
  p384: { noble: p384, name: 'P-384' },
  p521: { noble: p521, name: 'P-521' },
} as const;

/** 2023-11-14T22:13:20Z. */
export const NOW_S = 1_700_000_000;
export const DAY_S = 86_400;
export const CORE = requireIsdAs('1-ff00:0:110');
export const OTHER_CORE = requireIsdAs('1-ff00:0:120');
export const LEAF = requireIsdAs('1-ff00:0:111');

/** All curves and hashes. */
export const everyCurve: PkiCrypto = {
  digest: (hash, data) => new Uint8Array(createHash(hash).update(data).digest()),
  verify: ({ key, hash, message, signature }) => {
    const middle = (key.point.length + 1) / 2;
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    const [x, y] = [text(key.point.subarray(1, middle)), text(key.point.subarray(middle))];
    const jwk = { kty: 'EC', crv: CURVES[key.curve].name, x, y };
    const opened = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(hash, message, { key: opened, dsaEncoding: 'ieee-p1363' }, signature);
  },
};

/** The key of a name. */
export function keyOf(name: string, curve: CurveName = 'p256'): EcdsaKey {
  const { noble } = CURVES[curve];
  const digest = new Uint8Array(createHash('sha512').update(name).digest());
  const secret = new Uint8Array(noble.lengths.secretKey!);
  secret.set(digest.subarray(0, Math.min(secret.length - 1, 64)), 1);
  return {
    curve,
    key: {
      publicKey: noble.getPublicKey(secret, false),
      sign: (message) => noble.sign(message, secret, { lowS: false, extraEntropy: false }),
      wipe: (): void => undefined,
    },
  };
}

/** How a certificate differs from the usual one. */
export interface CertificateWishes extends Partial<Validity> {
  readonly curve?: CurveName;
  readonly isdAs?: IsdAs;
  /** Another key of the same owner. */
  readonly generation?: number;
}

/** A certificate with its key. */
export interface Owned extends Required<Issuer> {}

const YEAR: Validity = { notBefore: NOW_S - 30 * DAY_S, notAfter: NOW_S + 335 * DAY_S };
const PERIODS: Readonly<Record<CertificateKind, Validity>> = {
  sensitive: YEAR,
  regular: YEAR,
  root: YEAR,
  ca: { notBefore: NOW_S - DAY_S, notAfter: NOW_S + 6 * DAY_S },
  as: { notBefore: NOW_S, notAfter: NOW_S + 3 * DAY_S },
};

/** A certificate of somebody, signed by an issuer or by itself. */
export function owned(
  kind: CertificateKind,
  owner: string,
  issuer?: Owned,
  { curve = 'p256', isdAs = CORE, generation = 0, ...period }: CertificateWishes = {},
): Owned {
  const key = keyOf(`${kind} ${owner} ${generation}`, curve);
  const subject: Subject = {
    ...{ kind, ...PERIODS[kind], ...period },
    name: encodeName(`${owner} ${kind}`, isdAs),
    key: { curve, point: key.key.publicKey },
  };
  const by = issuer ?? { key };
  return { key, certificate: makeCertificate(everyCurve, subject, by) };
}

/** Certificates and keys of an ISD. */
export interface Isd {
  readonly sensitive: readonly Owned[];
  readonly regular: readonly Owned[];
  readonly roots: readonly Owned[];
  readonly ca: Owned;
  readonly as: Owned;
}

const OWNERS = ['alpha', 'beta', 'gamma'];

/** An ISD on a curve. */
export function isdOn(curve: CurveName): Isd {
  const all = (kind: CertificateKind, owners: readonly string[]): Owned[] =>
    owners.map((owner) => owned(kind, owner, undefined, { curve }));
  const roots = all('root', OWNERS.slice(0, 2));
  const ca = owned('ca', 'alpha', roots[0]!, { curve });
  const as = owned('as', 'leaf', ca, { curve, isdAs: LEAF });
  return { sensitive: all('sensitive', OWNERS), regular: all('regular', OWNERS), roots, ca, as };
}

export const ISD = isdOn('p256');
export const CHAIN: CertificateChain = { as: ISD.as.certificate, ca: ISD.ca.certificate };

/** Everybody whose certificate is in a TRC, in its order. */
export function membersOf({ sensitive, regular, roots }: Isd): readonly Owned[] {
  return [...sensitive, ...regular, ...roots];
}

export const BASE: TrcContent = {
  id: { isd: 1, base: 1, serial: 1 },
  notBefore: NOW_S - DAY_S,
  notAfter: NOW_S + 300 * DAY_S,
  graceSeconds: 0,
  noTrustReset: false,
  votes: [],
  quorum: 2,
  coreAses: [CORE, OTHER_CORE],
  authoritativeAses: [CORE],
  description: 'Zürich',
};

/** What the next TRC says. */
export const NEXT: TrcContent = {
  ...BASE,
  id: { isd: 1, base: 1, serial: 2 },
  notBefore: NOW_S,
  graceSeconds: DAY_S,
  votes: [3, 4],
};

/** A TRC that is signed by some of these. */
export function signedBy(
  content: TrcContent,
  members: readonly Owned[],
  signers: readonly Owned[],
): SignedTrc {
  const bytes = encodedTrc(content, members, signers);
  const read = decodeSignedTrc(bytes);
  return typeof read === 'string' ? expect.fail(read) : read;
}

/** The bytes of such a TRC, whether it is one or not. */
export function encodedTrc(
  content: TrcContent,
  members: readonly Owned[],
  signers: readonly Owned[],
): Uint8Array {
  const payload = encodeTrc(
    content,
    members.map(({ certificate }) => certificate.bytes),
  );
  return encodeSignedData({ payload, signers: signers.map((one) => signatureOf(one, payload)) });
}

export function signatureOf({ key, certificate }: Owned, payload: Uint8Array): SignerInfo {
  return signPayload(payload, { crypto: everyCurve, certificate, key, seconds: NOW_S });
}

/** Reads a certificate that must be one. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const read = decodeCertificate(bytes);
  return typeof read === 'string' ? expect.fail(read) : read;
}
