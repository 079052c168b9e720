/**
 * Path segments as control services exchange them: Protobuf messages with signed entries. Signatures cover
 * encoded bytes, so a received entry keeps its bytes when it is verified or passed on (reference
 * proto/control_plane/v1/seg.proto and proto/crypto/v1/signed.proto).
 *
 * Decoding checks that all integers are within their ranges, and that beaconing could have made the
 * segment ({@link decodeSignedSegment}). It does not verify signatures.
 *
 * @module
 */
import { concatByteList, concatBytes } from '../../_kit/bytes.ts';
import {
  decodeProtobuf,
  encodeProtobuf,
  field,
  type MessageOf,
  message,
  optional,
  repeated,
} from '../../_kit/protobuf.ts';
import { bytes, int32, int53, uint32, uint53, uint64 } from '../../_kit/protobuf-scalars.ts';
import { EXP_TIME_MAX, HOP_MAC_LENGTH } from '../geometry.ts';
import { type IsdAs, isdAsOfWords, isdAsWords } from '../wire/isd-as.ts';
import {
  makeUnsignedExtensions,
  UNSIGNED_EXTENSIONS,
  withUnsignedExtensions,
} from './epic-extension.ts';
import type { AsEntry, PathSegment, PeerEntry, SegmentHop } from './segment.ts';
import {
  makeExtensionsMessage,
  PEERS_MAX,
  readStaticInfo,
  SEGMENT_EXTENSIONS,
} from './static-info.ts';

/** Largest number of entries of a decoded segment: paths have at most 64 hop fields. */
const ENTRIES_MAX = 64;
const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;

const HOP_FIELD = message({
  ingress: field(1, uint53),
  egress: field(2, uint53),
  expTime: field(3, uint32),
  mac: field(4, bytes),
});
const PEER_ENTRY = message({
  isdAs: field(1, uint64),
  ifId: field(2, uint53),
  mtu: field(3, uint32),
  hop: optional(4, HOP_FIELD),
});
const SIGNED_BODY = message({
  isdAs: field(1, uint64),
  next: field(2, uint64),
  hop: optional(3, message({ field: optional(1, HOP_FIELD), ingressMtu: field(2, uint32) })),
  peers: repeated(4, PEER_ENTRY, { most: PEERS_MAX }),
  mtu: field(5, uint32),
  extensions: optional(6, SEGMENT_EXTENSIONS),
});
const TIMESTAMP = message({ seconds: field(1, int53), nanos: field(2, int32) });
const KEY_ID = message({
  isdAs: field(1, uint64),
  subjectKeyId: field(2, bytes),
  trcBase: field(3, uint53),
  trcSerial: field(4, uint53),
});
const HEADER = message({
  algorithm: field(1, int32),
  keyId: field(2, bytes),
  timestamp: optional(3, TIMESTAMP),
  metadata: field(4, bytes),
  associatedBytes: field(5, int32),
});
const HEADER_AND_BODY = message({ header: field(1, bytes), body: field(2, bytes) });
const SIGNED_MESSAGE = message({ headerAndBody: field(1, bytes), signature: field(2, bytes) });
const SEGMENT_INFORMATION = message({ timestamp: field(1, int53), segmentId: field(2, uint32) });
/** Layout of the message PathSegment, for messages that contain segments. */
export const PATH_SEGMENT = message({
  information: field(1, bytes),
  entries: repeated(
    2,
    message({ signed: optional(1, SIGNED_MESSAGE), unsigned: optional(2, UNSIGNED_EXTENSIONS) }),
    { most: ENTRIES_MAX },
  ),
});
/** A decoded PathSegment, whose information and entries are still encoded. */
export type EncodedSegment = MessageOf<typeof PATH_SEGMENT>;

/** The hashes of ECDSA, by their numbers (signed.proto, SignatureAlgorithm). */
const SIGNATURE_HASHES = [undefined, 'sha256', 'sha384', 'sha512'] as const;
const ECDSA_SHA256 = 1;
const NO_DIGEST = new Uint8Array(0);
const NO_ISD_AS = '0-0' as IsdAs;

/**
 * Why an encoded segment is rejected: it is not well-formed, or beaconing could not have made it.
 */
export type SegmentRefusal = 'segment-malformed' | 'segment-invalid';

/** The signed form of an entry. */
export interface SignedEntry {
  /** Header and body of the signed message, with the bytes with which they were received. */
  readonly headerAndBody: Uint8Array;
  readonly signature: Uint8Array;
  /**
   * The hash named in the signed header; each curve has one hash, so a verifier compares it with the
   * hash of the key's curve.
   */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** The AS to which the beacon goes; `0-0` in a segment that ends here. */
  readonly next: IsdAs;
  /** Identifies the key with which the entry was signed. */
  readonly keyId: SignatureKeyId;
  /** Time of the signature, seconds since 1970. */
  readonly signedSeconds: number;
  /**
   * Number of bytes before this entry that the signature covers, according to the signed header.
   */
  readonly associatedBytes: number;
  /** The digest of the entry's unsigned extensions that is signed; empty if there is none. */
  readonly epicDigest: Uint8Array;
}

/**
 * Identifies the key of a signature by an AS's certificate, and the TRC by which to verify the
 * certificate.
 */
export interface SignatureKeyId {
  readonly isdAs: IsdAs;
  readonly subjectKeyId: Uint8Array;
  readonly trcBase: number;
  readonly trcSerial: number;
}

/** A segment, or a beacon under way, with the bytes that its signatures cover. */
export interface SignedSegment {
  readonly segment: PathSegment;
  /** The encoded SegmentInformation, with the bytes with which it was received. */
  readonly information: Uint8Array;
  /** The signed form of each entry of `segment`, in the same order. */
  readonly signed: readonly SignedEntry[];
}

/** The content of the signed entry that an AS adds to a segment. */
export interface SignedEntryContent {
  readonly entry: AsEntry;
  readonly next: IsdAs | undefined;
  readonly keyId: SignatureKeyId;
  readonly signedSeconds: number;
  /** The digest of the entry's unsigned extensions; absent if it has none. */
  readonly epicDigest?: Uint8Array | undefined;
}

/** Makes a beacon without entries, to which the origin adds the first entry. */
export function emptySignedSegment(segmentId: number, timestamp: number): SignedSegment {
  return {
    segment: { segmentId, timestamp, entries: [] },
    information: encodeProtobuf(SEGMENT_INFORMATION, { timestamp, segmentId }),
    signed: [],
  };
}

/**
 * Returns the bytes that the signature of entry `index` covers: its own header and body,
 * SegmentInformation, and all earlier entries with their signatures (reference pkg/segment/seg.go,
 * associatedData).
 */
export function signatureInput(
  { information, signed }: Pick<SignedSegment, 'information' | 'signed'>,
  index: number,
  headerAndBody: Uint8Array,
): Uint8Array {
  const parts = [headerAndBody, information];
  for (const one of signed.slice(0, index)) parts.push(one.headerAndBody, one.signature);
  return concatByteList(parts);
}

/**
 * Returns the segment with one more signed entry.
 * @param sign Signs {@link signatureInput}; returns the signature in DER.
 */
export function appendSignedEntry(
  before: SignedSegment,
  { entry, next = NO_ISD_AS, keyId, signedSeconds, epicDigest }: SignedEntryContent,
  sign: (input: Uint8Array) => Uint8Array,
): SignedSegment {
  const covered = signatureInput(before, before.signed.length, new Uint8Array(0));
  const associatedBytes = covered.length;
  const header = encodeProtobuf(HEADER, {
    ...HEADER.zero,
    algorithm: ECDSA_SHA256,
    keyId: encodeProtobuf(KEY_ID, { ...keyId, isdAs: isdAsWords(keyId.isdAs) }),
    timestamp: { seconds: signedSeconds, nanos: 0 },
    associatedBytes,
  });
  const body = encodeProtobuf(SIGNED_BODY, {
    isdAs: isdAsWords(entry.isdAs),
    next: isdAsWords(next),
    hop: { field: hopFieldOf(entry.hop), ingressMtu: entry.ingressMtu },
    peers: entry.peers.map((peer) => ({
      isdAs: isdAsWords(peer.peer),
      ifId: peer.peerIfId,
      mtu: peer.mtu,
      hop: hopFieldOf(peer.hop),
    })),
    mtu: entry.mtu,
    extensions: makeExtensionsMessage(entry.staticInfo, epicDigest),
  });
  const headerAndBody = encodeProtobuf(HEADER_AND_BODY, { header, body });
  const signature = sign(concatBytes(headerAndBody, covered));
  const hash = 'sha256' as const;
  const one = {
    ...{ headerAndBody, signature, hash, next, keyId, signedSeconds, associatedBytes },
    epicDigest: epicDigest ?? NO_DIGEST,
  };
  return {
    segment: { ...before.segment, entries: [...before.segment.entries, entry] },
    information: before.information,
    signed: [...before.signed, one],
  };
}

/** Makes the message PathSegment of a segment; received parts keep their bytes, which signatures cover. */
export function makeEncodedSegment({
  segment,
  information,
  signed,
}: SignedSegment): EncodedSegment {
  const entries = signed.map(({ headerAndBody, signature }, index) => ({
    signed: { headerAndBody, signature },
    unsigned: makeUnsignedExtensions(segment.entries[index] as AsEntry),
  }));
  return { information, entries };
}

/**
 * Decodes a segment or beacon. It must have an entry. The first entry must have no ingress
 * interface, all others must have one. Each entry must name the AS of the following entry as the
 * next. Peering hops must have the same egress interface as the regular hop of their entry
 * (reference pkg/segment/seg.go, Validate). The caller must check the end of the segment or beacon.
 */
export function decodeSignedSegment(encoded: EncodedSegment): SignedSegment | SegmentRefusal {
  const information = decodeProtobuf(SEGMENT_INFORMATION, encoded.information);
  if (typeof information === 'string') return 'segment-malformed';
  const { timestamp, segmentId } = information;
  if (!isWithin(timestamp, UINT32_MAX) || segmentId > UINT16_MAX) return 'segment-malformed';
  const entries: AsEntry[] = [];
  const signed: SignedEntry[] = [];
  for (const one of encoded.entries) {
    const read = one.signed && entryOf(one.signed);
    const entry = read && withUnsignedExtensions(read.entry, one.unsigned);
    if (read === undefined || entry === undefined) return 'segment-malformed';
    entries.push(entry);
    signed.push(read.signed);
  }
  const isValid =
    entries.length > 0 && entries.every((_, index) => isLinked(entries, signed, index));
  if (!isValid) return 'segment-invalid';
  return { segment: { segmentId, timestamp, entries }, information: encoded.information, signed };
}

/**
 * True if an entry is consistent with the previous entry, with the next entry, and with its own
 * peering hops.
 */
function isLinked(
  entries: readonly AsEntry[],
  signed: readonly SignedEntry[],
  index: number,
): boolean {
  const { isdAs, hop, peers } = entries[index] as AsEntry;
  if ((hop.consIngress === 0) !== (index === 0)) return false;
  if (index > 0 && signed[index - 1]?.next !== isdAs) return false;
  if (index + 1 < entries.length && hop.consEgress === 0) return false;
  return peers.every(
    (peer) => peer.hop.consEgress === hop.consEgress && peer.hop.consIngress !== 0,
  );
}

function entryOf(
  message: MessageOf<typeof SIGNED_MESSAGE>,
): { readonly entry: AsEntry; readonly signed: SignedEntry } | undefined {
  const { headerAndBody, signature } = message;
  const parts = decodeProtobuf(HEADER_AND_BODY, headerAndBody);
  if (typeof parts === 'string') return undefined;
  const header = decodeProtobuf(HEADER, parts.header);
  const body = decodeProtobuf(SIGNED_BODY, parts.body);
  if (typeof header === 'string' || typeof body === 'string') return undefined;
  const keyId = decodeProtobuf(KEY_ID, header.keyId);
  const entry = bodyEntry(body);
  if (typeof keyId === 'string' || entry === undefined) return undefined;
  const hash = SIGNATURE_HASHES[header.algorithm];
  if (hash === undefined) return undefined;
  return {
    entry,
    signed: {
      headerAndBody,
      signature,
      hash,
      next: isdAsOfWords(body.next),
      keyId: { ...keyId, isdAs: isdAsOfWords(keyId.isdAs) },
      signedSeconds: header.timestamp?.seconds ?? 0,
      associatedBytes: header.associatedBytes,
      epicDigest: body.extensions?.digests?.epic?.digest ?? NO_DIGEST,
    },
  };
}

function bodyEntry(body: MessageOf<typeof SIGNED_BODY>): AsEntry | undefined {
  const hop = segmentHopOf(body.hop?.field);
  const ingressMtu = body.hop?.ingressMtu ?? 0;
  const peers = body.peers.map(peerEntryOf);
  const isWhole = peers.every((peer) => peer !== undefined);
  const staticInfo = readStaticInfo(body.extensions);
  if (hop === undefined || !isWhole || Math.max(body.mtu, ingressMtu) > UINT16_MAX)
    return undefined;
  if (staticInfo === 'malformed') return undefined;
  const isdAs = isdAsOfWords(body.isdAs);
  const entry = { isdAs, mtu: body.mtu, ingressMtu, hop, peers };
  return staticInfo === undefined ? entry : { ...entry, staticInfo };
}

function peerEntryOf({
  isdAs,
  ifId,
  mtu,
  hop: read,
}: MessageOf<typeof PEER_ENTRY>): PeerEntry | undefined {
  const hop = segmentHopOf(read);
  if (hop === undefined || Math.max(ifId, mtu) > UINT16_MAX) return undefined;
  return { peer: isdAsOfWords(isdAs), peerIfId: ifId, mtu, hop };
}

function segmentHopOf(read: MessageOf<typeof HOP_FIELD> | undefined): SegmentHop | undefined {
  if (read === undefined) return undefined;
  const { ingress, egress, expTime, mac } = read;
  const isInRange = Math.max(ingress, egress) <= UINT16_MAX && expTime <= EXP_TIME_MAX;
  if (!isInRange || mac.length !== HOP_MAC_LENGTH) return undefined;
  return { consIngress: ingress, consEgress: egress, expTime, mac };
}

function hopFieldOf(hop: SegmentHop): MessageOf<typeof HOP_FIELD> {
  const { consIngress: ingress, consEgress: egress, expTime, mac } = hop;
  return { ingress, egress, expTime, mac };
}

function isWithin(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}
