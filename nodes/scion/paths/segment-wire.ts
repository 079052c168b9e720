/**
 * Path segments as control services exchange them: Protobuf messages whose entries are signed, and are
 * passed on and checked as they came (reference proto/control_plane/v1/seg.proto and
 * proto/crypto/v1/signed.proto).
 *
 * Decoding trusts nothing: all integers are within their ranges, and the segment is one that beaconing
 * could have made ({@link decodeSignedSegment}). It does not verify signatures.
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

/** Most entries of a segment that is read: paths have at most 64 hop fields. */
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
/** The message PathSegment, for messages that contain segments. */
export const PATH_SEGMENT = message({
  information: field(1, bytes),
  entries: repeated(
    2,
    message({ signed: optional(1, SIGNED_MESSAGE), unsigned: optional(2, UNSIGNED_EXTENSIONS) }),
    { most: ENTRIES_MAX },
  ),
});
/** A segment in the bytes of its parts. */
export type EncodedSegment = MessageOf<typeof PATH_SEGMENT>;

/** The hashes of ECDSA, by their numbers (signed.proto, SignatureAlgorithm). */
const SIGNATURE_HASHES = [undefined, 'sha256', 'sha384', 'sha512'] as const;
const ECDSA_SHA256 = 1;
const NO_DIGEST = new Uint8Array(0);
const NO_ISD_AS = '0-0' as IsdAs;

/** Why bytes are no segment. */
export type SegmentRefusal = 'segment-malformed' | 'segment-invalid';

/** One entry, as it was signed. */
export interface SignedEntry {
  /** Header and body of the signed message, as they came. */
  readonly headerAndBody: Uint8Array;
  readonly signature: Uint8Array;
  /** What the signature says that it is over. */
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** The AS to which the beacon goes; `0-0` in a segment that ends here. */
  readonly next: IsdAs;
  /** What the signature names as its key. */
  readonly keyId: SignatureKeyId;
  /** When it was signed, seconds since 1970. */
  readonly signedSeconds: number;
  /** Number of bytes of the parts before it that it says the signature covers. */
  readonly associatedBytes: number;
  /** The digest of the entry's unsigned extensions, empty if it says none. */
  readonly epicDigest: Uint8Array;
}

/** The key of a signature: one of an AS's certificates, and the TRC that it was made for. */
export interface SignatureKeyId {
  readonly isdAs: IsdAs;
  readonly subjectKeyId: Uint8Array;
  readonly trcBase: number;
  readonly trcSerial: number;
}

/** A segment, or a beacon under way, with the bytes that its signatures cover. */
export interface SignedSegment {
  readonly segment: PathSegment;
  /** SegmentInformation as it came. */
  readonly information: Uint8Array;
  /** As many as the segment's entries. */
  readonly signed: readonly SignedEntry[];
}

/** The signed content of the entry that an AS adds to a segment. */
export interface SignedEntryContent {
  readonly entry: AsEntry;
  readonly next: IsdAs | undefined;
  readonly keyId: SignatureKeyId;
  readonly signedSeconds: number;
  /** The digest of the entry's unsigned extensions; absent if it has none. */
  readonly epicDigest?: Uint8Array | undefined;
}

/** A beacon without entries, of which only the origin makes use. */
export function emptySignedSegment(segmentId: number, timestamp: number): SignedSegment {
  return {
    segment: { segmentId, timestamp, entries: [] },
    information: encodeProtobuf(SEGMENT_INFORMATION, { timestamp, segmentId }),
    signed: [],
  };
}

/**
 * The bytes that the signature of entry `index` covers: its own header and body, SegmentInformation, and
 * all earlier entries with their signatures (reference pkg/segment/seg.go, associatedData).
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

/** Adds a signed entry. @param sign Signs {@link signatureInput}; the signature is DER. */
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

/** The message PathSegment of a segment, with the bytes of its parts as they came. */
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
 * Reads a segment or beacon. It has an entry; the first one has no ingress, and all others have one; each
 * but the last leads to the next one; peering hops leave by the same interface as the entry's own (reference
 * pkg/segment/seg.go, Validate). Whether it may end as it does is for the caller to say.
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

/** True if an entry fits the one before it, the one after it, and its own peering hops. */
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
