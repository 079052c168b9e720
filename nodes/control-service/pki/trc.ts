/**
 * The payload of a trust root configuration (TRC): the voters on the next TRC, the roots of CAs, and the core ASes of
 * an ISD (draft-dekater-scion-pki, section "Trust Root Configuration Specification"; reference
 * pkg/scrypto/cppki/trc_asn1.go and trc.go).
 *
 * @module
 */
import { toHex } from '../../_kit/bytes.ts';
import { derSequence, derSequenceOf, readDer } from '../../_kit/der.ts';
import { derAny, derBoolean, derInteger } from '../../_kit/der-primitives.ts';
import { derGeneralizedTime, derPrintable, derUtf8 } from '../../_kit/der-strings.ts';
import { type IsdAs, isWildcard, parseIsdAs, readIsd } from '../../scion/index.ts';
import { type Certificate, decodeCertificate } from './certificate.ts';
import { TRC_ASES_MAX, TRC_BYTES_MAX, TRC_CERTIFICATES_MAX, TRC_QUORUM_MAX } from './geometry.ts';
import type { CertificateKind } from './profile.ts';
import { covers, type Validity } from './validity.ts';

/** Why bytes are refused as the payload of a TRC, in the order of the checks. */
export type TrcPayloadRefusal =
  | 'trc-too-long'
  | 'trc-malformed'
  | 'trc-version'
  | 'trc-id'
  | 'trc-validity'
  | 'trc-grace-period'
  | 'trc-votes'
  | 'trc-quorum'
  | 'trc-ases'
  | 'trc-certificate'
  | 'trc-voters'
  | 'trc-no-root'
  | 'trc-isd'
  | 'trc-not-covered'
  | 'trc-duplicate';

/** The identity of a TRC: its ISD, the base number with which its series began, and its serial number. */
export interface TrcId {
  readonly isd: number;
  readonly base: number;
  /** Equal to `base` in the first TRC of a series. */
  readonly serial: number;
}

/** The content of a TRC. */
export interface TrcContent extends Validity {
  readonly id: TrcId;
  /** How long the predecessor stays in use, from `notBefore` on; 0 in a base TRC. */
  readonly graceSeconds: number;
  readonly noTrustReset: boolean;
  /** Positions of the voters among the predecessor's certificates. */
  readonly votes: readonly number[];
  readonly quorum: number;
  readonly coreAses: readonly IsdAs[];
  readonly authoritativeAses: readonly IsdAs[];
  readonly description: string;
}

/** A payload that has passed the checks of {@link decodeTrc}. */
export interface Trc extends TrcContent {
  /** The payload in DER. */
  readonly bytes: Uint8Array;
  /** Voting and root certificates, in the order of the payload; `votes` are positions in such a list. */
  readonly certificates: readonly Certificate[];
}

/** The encoding of version 1, the only one (draft-dekater-scion-pki, "TRC Format Version"). */
const VERSION = 0;
const ISD_MAX = 0xffff;

const ASES = derSequenceOf(derPrintable);
const PAYLOAD = derSequence({
  version: derInteger,
  id: derSequence({ isd: derInteger, serial: derInteger, base: derInteger }),
  validity: derSequence({ notBefore: derGeneralizedTime, notAfter: derGeneralizedTime }),
  graceSeconds: derInteger,
  noTrustReset: derBoolean,
  votes: derSequenceOf(derInteger),
  quorum: derInteger,
  coreAses: ASES,
  authoritativeAses: ASES,
  description: derUtf8,
  certificates: derSequenceOf(derAny),
});

type Payload = Parameters<typeof PAYLOAD.write>[0];

/** Writes a payload. @param certificates In DER. */
export function encodeTrc(content: TrcContent, certificates: readonly Uint8Array[]): Uint8Array {
  const { notBefore, notAfter, coreAses, authoritativeAses } = content;
  return PAYLOAD.write({
    ...content,
    version: VERSION,
    validity: { notBefore, notAfter },
    coreAses: coreAses.map(asTextOf),
    authoritativeAses: authoritativeAses.map(asTextOf),
    certificates,
  });
}

/** Reads a payload that fills `bytes` exactly. */
export function decodeTrc(bytes: Uint8Array): Trc | TrcPayloadRefusal {
  if (bytes.length > TRC_BYTES_MAX) return 'trc-too-long';
  const read = readDer(PAYLOAD, bytes);
  if (read.kind === 'bad') return 'trc-malformed';
  const refusal = numbersRefusal(read.value);
  if (refusal !== undefined) return refusal;
  const { id, validity, graceSeconds, noTrustReset, votes, quorum } = read.value;
  const coreAses = asesOf(id.isd, read.value.coreAses);
  const authoritativeAses = asesOf(id.isd, read.value.authoritativeAses);
  if (coreAses === undefined || authoritativeAses === undefined) return 'trc-ases';
  // draft-dekater-scion-pki, "Authoritative ASes": each of them is a core AS.
  if (!authoritativeAses.every((one) => coreAses.includes(one))) return 'trc-ases';
  const certificates = certificatesOf(read.value.certificates);
  if (certificates === undefined) return 'trc-certificate';
  const content = { id, ...validity, graceSeconds, noTrustReset, votes, quorum };
  const { description } = read.value;
  const trc = { ...content, coreAses, authoritativeAses, description, certificates, bytes };
  return certificateRefusal(trc) ?? trc;
}

function numbersRefusal(payload: Payload): TrcPayloadRefusal | undefined {
  const { version, id, validity, graceSeconds, votes, quorum } = payload;
  if (version !== VERSION) return 'trc-version';
  if (!isId(id)) return 'trc-id';
  if (validity.notAfter <= validity.notBefore) return 'trc-validity';
  const isBase = id.serial === id.base;
  if (graceSeconds < 0 || (isBase && graceSeconds !== 0)) return 'trc-grace-period';
  if (!areVotes(votes, isBase)) return 'trc-votes';
  return quorum < 1 || quorum > TRC_QUORUM_MAX ? 'trc-quorum' : undefined;
}

/** True if a TRC is the first of its series. */
export function isBaseTrc({ id }: Pick<Trc, 'id'>): boolean {
  return id.serial === id.base;
}

/** The certificates of one kind in a TRC, in their order. */
export function certificatesOfKind(
  { certificates }: Pick<Trc, 'certificates'>,
  kind: CertificateKind,
): readonly Certificate[] {
  return certificates.filter((one) => one.kind === kind);
}

/** Checks an identity (reference, decodeID and TRCID.Validate); 0 is refused, since it stands for the latest TRC. */
function isId({ isd, base, serial }: TrcId): boolean {
  return isd >= 1 && isd <= ISD_MAX && base >= 1 && serial >= base;
}

function areVotes(votes: readonly number[], isBase: boolean): boolean {
  if (isBase) return votes.length === 0;
  const isPlace = (vote: number): boolean => vote >= 0 && vote < TRC_CERTIFICATES_MAX;
  return votes.every(isPlace) && new Set(votes).size === votes.length;
}

/** Reads AS numbers; undefined if the list is empty, or if an AS occurs twice, is a wildcard or is not canonical. */
function asesOf(isd: number, texts: readonly string[]): readonly IsdAs[] | undefined {
  if (texts.length === 0 || texts.length > TRC_ASES_MAX) return undefined;
  const ases: IsdAs[] = [];
  for (const text of texts) {
    const read = parseIsdAs(`${isd}-${text}`);
    if (read.kind === 'refused' || asTextOf(read.isdAs) !== text) return undefined;
    if (isWildcard(read.isdAs)) return undefined;
    ases.push(read.isdAs);
  }
  return new Set(ases).size === ases.length ? ases : undefined;
}

function asTextOf(isdAs: IsdAs): string {
  return isdAs.slice(isdAs.indexOf('-') + 1);
}

/** Reads certificates; undefined if one is invalid, or neither a voter's nor a root's. */
function certificatesOf(list: readonly Uint8Array[]): readonly Certificate[] | undefined {
  if (list.length > TRC_CERTIFICATES_MAX) return undefined;
  const certificates: Certificate[] = [];
  for (const bytes of list) {
    const one = decodeCertificate(bytes);
    if (typeof one === 'string' || one.kind === 'ca' || one.kind === 'as') return undefined;
    certificates.push(one);
  }
  return certificates;
}

/** Checks the certificates of a TRC (reference, TRC.Validate). */
function certificateRefusal(trc: Trc): TrcPayloadRefusal | undefined {
  const { certificates, quorum, id } = trc;
  const [sensitive, regular, roots] = (['sensitive', 'regular', 'root'] as const).map(
    (kind) => certificatesOfKind(trc, kind).length,
  ) as [number, number, number];
  if (Math.min(sensitive, regular) < quorum) return 'trc-voters';
  if (roots === 0) return 'trc-no-root';
  for (const one of certificates) {
    const { isdAs } = one;
    if (isdAs !== undefined && isdAs !== 'malformed' && readIsd(isdAs) !== id.isd) return 'trc-isd';
    if (!covers(one, trc)) return 'trc-not-covered';
  }
  const serials = certificates.map((one) => `${toHex(one.issuer.bytes)} ${toHex(one.serial)}`);
  const subjects = certificates.map((one) => `${one.kind} ${toHex(one.subject.bytes)}`);
  const isTwice = [serials, subjects].some((names) => new Set(names).size < names.length);
  return isTwice ? 'trc-duplicate' : undefined;
}
