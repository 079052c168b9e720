/**
 * The first TRC and the first certificates of an ISD, derived from the secrets of its ASes.
 *
 * Core ASes have three roles: voter, CA with a root of its own, authoritative AS. The topology gives each role to some
 * core ASes; a role that it gives to none belongs to all. There are at most {@link VOTERS_MAX} voters and CAs. All keys
 * are derived from the secret of their owner, so a node has its own keys and no others (ADR 0020), and the same seed
 * gives the same bytes.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { SigningKey } from '../../../engine/host/signatures.ts';
import type { IsdAs } from '../../scion/index.ts';
import { type Certificate, decodeCertificate } from './certificate.ts';
import type { CertificateChain } from './chain.ts';
import { encodeSignedData, signPayload } from './cms.ts';
import { type EcdsaPublicKey, pkiCryptoOf } from './ecdsa.ts';
import { CA_LIFETIME_S, CERTIFICATE_LIFETIME_S, VOTERS_MAX } from './geometry.ts';
import { type Issuer, makeCertificate } from './issue.ts';
import { encodeName } from './name.ts';
import type { CertificateKind } from './profile.ts';
import { encodeTrc } from './trc.ts';
import type { Validity } from './validity.ts';

/** An AS with its secret. */
export interface AsSecret extends AsRoles {
  readonly isdAs: IsdAs;
  readonly isCore: boolean;
  /** The secret from which the AS's keys are derived, 32 bytes. */
  readonly secret: Uint8Array;
}

/** What a topology says of an AS in the PKI of its ISD (attributes of areas, topologies/import/scion.ts). */
export interface AsRoles {
  readonly voting?: boolean;
  readonly issuing?: boolean;
  readonly authoritative?: boolean;
  /** The AS that issues its certificate. */
  readonly certIssuer?: string;
}

/** The TRC and the certificates that an ISD has at the start. */
export interface IsdMaterial {
  /** The ASes that vote on TRCs. */
  readonly voters: readonly IsdAs[];
  /** The signed first TRC. */
  readonly trc: Uint8Array;
  readonly chains: ReadonlyMap<IsdAs, CertificateChain>;
}

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const TRC_LIFETIME_S = 365 * DAY_S;
const encoder = new TextEncoder();

/** Derives the key of an AS for a kind of certificate. */
export function pkiKeyOf(
  crypto: CryptoProvider,
  secret: Uint8Array,
  kind: CertificateKind,
  generation = 0,
): SigningKey {
  const info = encoder.encode(`control-plane pki ${kind} ${generation}`);
  const scalar = crypto.hkdfExpandSha256({ key: secret, info, length: 32 });
  // Below the order of P-256, since its first bit is 0.
  scalar[0] = (scalar[0] as number) & 0x7f;
  return crypto.p256Key(scalar);
}

/** Makes the material of an ISD. @param seconds When it begins, seconds since 1970. */
export function makeIsdMaterial(
  crypto: CryptoProvider,
  isd: number,
  ases: readonly AsSecret[],
  seconds: number,
): IsdMaterial {
  const primitives = pkiCryptoOf(crypto);
  const cores = ases.filter(({ isCore }) => isCore);
  const withRole = (role: 'voting' | 'issuing' | 'authoritative'): readonly AsSecret[] => {
    const named = cores.filter((as) => as[role] === true);
    return named.length === 0 ? cores : named;
  };
  const voters = withRole('voting').slice(0, VOTERS_MAX);
  const authorities = withRole('issuing').slice(0, VOTERS_MAX);
  const period = { notBefore: seconds - DAY_S, notAfter: seconds + TRC_LIFETIME_S };
  const own = (as: AsSecret, kind: CertificateKind, validity: Validity): Required<Issuer> => {
    const key = { curve: 'p256' as const, key: pkiKeyOf(crypto, as.secret, kind) };
    const certificate = makeCertificate(primitives, subjectOf(as, kind, key.key, validity), {
      key,
    });
    return { key, certificate };
  };
  const sensitive = voters.map((as) => own(as, 'sensitive', period));
  const regular = voters.map((as) => own(as, 'regular', period));
  const roots = authorities.map((as) => own(as, 'root', period));
  const payload = encodeTrc(
    {
      ...{ id: { isd, base: 1, serial: 1 }, ...period, graceSeconds: 0, noTrustReset: false },
      ...{ votes: [], quorum: Math.floor(voters.length / 2) + 1 },
      coreAses: cores.map(({ isdAs }) => isdAs),
      authoritativeAses: withRole('authoritative').map(({ isdAs }) => isdAs),
      description: `ISD ${isd}`,
    },
    [...sensitive, ...regular, ...roots].map(({ certificate }) => certificate.bytes),
  );
  const signers = [...sensitive, ...regular].map(({ key, certificate }) =>
    signPayload(payload, { crypto: primitives, certificate, key, seconds }),
  );
  const cas = authorities.map((as, at) => caOf(crypto, as, roots[at] as Required<Issuer>, seconds));
  const chains = ases.map((as, at): [IsdAs, CertificateChain] => {
    const issuer = authorities.includes(as) ? as.isdAs : as.certIssuer;
    const chosen = authorities.findIndex(({ isdAs }) => isdAs === issuer);
    const ca = cas[(chosen < 0 ? at : chosen) % cas.length] as Required<Issuer>;
    const key = pkiKeyOf(crypto, as.secret, 'as');
    const validity = {
      notBefore: seconds - HOUR_S,
      notAfter: seconds - HOUR_S + CERTIFICATE_LIFETIME_S,
    };
    const subject = subjectOf(as, 'as', key, validity);
    return [as.isdAs, { as: makeCertificate(primitives, subject, ca), ca: ca.certificate }];
  });
  return {
    trc: encodeSignedData({ payload, signers }),
    ...{ chains: new Map(chains), voters: voters.map(({ isdAs }) => isdAs) },
  };
}

/** Makes the CA certificate of a core AS, signed by the AS's root. */
function caOf(
  crypto: CryptoProvider,
  as: AsSecret,
  root: Required<Issuer>,
  seconds: number,
): Required<Issuer> {
  const key = pkiKeyOf(crypto, as.secret, 'ca');
  const validity = { notBefore: seconds - DAY_S, notAfter: seconds - DAY_S + CA_LIFETIME_S };
  const subject = subjectOf(as, 'ca', key, validity);
  const certificate = makeCertificate(pkiCryptoOf(crypto), subject, root);
  return { key: { curve: 'p256', key }, certificate };
}

/** The subject of a certificate of an AS. */
export function subjectOf(
  { isdAs }: AsSecret,
  kind: CertificateKind,
  { publicKey }: SigningKey,
  validity: Validity,
): Parameters<typeof makeCertificate>[1] {
  const key: EcdsaPublicKey = { curve: 'p256', point: publicKey };
  return { ...{ kind, key, ...validity }, name: encodeName(`${isdAs} ${kind}`, isdAs) };
}

/** The root of a core AS, with its key. */
export function rootOf(
  crypto: CryptoProvider,
  { secret }: AsSecret,
  certificate: Certificate,
): Required<Issuer> {
  return { key: { curve: 'p256', key: pkiKeyOf(crypto, secret, 'root') }, certificate };
}

/** Reads the two certificates of a chain; undefined if one of them is invalid. */
export function readChain(as: Uint8Array, ca: Uint8Array): CertificateChain | undefined {
  const [own, issuer]: (Certificate | string)[] = [decodeCertificate(as), decodeCertificate(ca)];
  if (typeof own === 'string' || typeof issuer === 'string') return undefined;
  return own === undefined || issuer === undefined ? undefined : { as: own, ca: issuer };
}
