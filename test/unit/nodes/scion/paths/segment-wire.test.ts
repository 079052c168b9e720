/** Path segments as Protobuf messages: what is written, what is signed, and what is refused. */
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../../engine/core/sha256.ts';
import { concatBytes, toHex } from '../../../../../nodes/_kit/bytes.ts';
import { decodeProtobuf, encodeProtobuf } from '../../../../../nodes/_kit/protobuf.ts';
import type { AsEntry, SegmentHop } from '../../../../../nodes/scion/paths/segment.ts';
import {
  appendSignedEntry,
  decodeSignedSegment,
  type EncodedSegment,
  emptySignedSegment,
  makeEncodedSegment,
  PATH_SEGMENT,
  type SegmentRefusal,
  type SignatureKeyId,
  type SignedSegment,
} from '../../../../../nodes/scion/paths/segment-wire.ts';
import { type IsdAs, isdAsWords, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { esRead, esWrite } from './segment-protobuf.ts';

const SEGMENT_ID = 0xfedc;
const TIMESTAMP = 1_767_225_600;
/** The second and the third are above 2^53 as integers. */
const ASES = ['31-ff00:0:110', '32-ff00:0:111', '65535-ffff:ffff:ffff'].map(requireIsdAs);
const PEER = requireIsdAs('40000-64496');
const NOBODY = '0-0';

function big(text: string): bigint {
  const { high, low } = isdAsWords(requireIsdAs(text));
  return (BigInt(high) << 32n) | BigInt(low);
}

const keyIdOf = (isdAs: IsdAs): SignatureKeyId => ({
  isdAs,
  subjectKeyId: Uint8Array.of(1, 2, 3),
  trcBase: 1,
  trcSerial: 7,
});
const signedSecondsOf = (index: number): number => TIMESTAMP + index;

/** Entry `index` of a segment that ends at the last of {@link ASES}. */
function entry(index: number): AsEntry {
  const mac = Uint8Array.of(index, 1, 2, 3, 4, 5);
  const isLast = index + 1 === ASES.length;
  const hop = (consIngress: number): SegmentHop => ({
    consIngress,
    consEgress: isLast ? 0 : 1_000 + index,
    expTime: 63 + index,
    mac,
  });
  return {
    isdAs: ASES[index]!,
    mtu: 1_472,
    ingressMtu: index === 0 ? 0 : 1_400,
    hop: hop(index === 0 ? 0 : 0xff00 + index),
    peers: Array.from({ length: index }, (_, at) => {
      return { peer: PEER, peerIfId: 50 + at, mtu: 1_280, hop: hop(70 + at) };
    }),
  };
}

/** The segment, and what each AS signed. */
function written(): { readonly segment: SignedSegment; readonly inputs: readonly Uint8Array[] } {
  const inputs: Uint8Array[] = [];
  let segment = emptySignedSegment(SEGMENT_ID, TIMESTAMP);
  for (const [index, isdAs] of ASES.entries()) {
    const content = { entry: entry(index), next: ASES[index + 1], keyId: keyIdOf(isdAs) };
    segment = appendSignedEntry(
      segment,
      { ...content, signedSeconds: signedSecondsOf(index) },
      (input) => {
        inputs.push(input);
        return sha256(input);
      },
    );
  }
  return { segment, inputs };
}

type Fields = Readonly<Record<string, unknown>>;

/** One entry for protobuf-es, with anything else in it. */
interface EsEntry {
  readonly body?: Fields;
  readonly hop?: Fields;
  readonly hopEntry?: Fields;
  readonly peers?: readonly Fields[];
  readonly header?: Fields;
  readonly parts?: Fields;
  readonly asEntry?: Fields;
}

const esHop = ({ consIngress, consEgress, expTime, mac }: SegmentHop): Fields => {
  return { ingress: BigInt(consIngress), egress: BigInt(consEgress), expTime, mac };
};

/** The peer entries of entry `index`, for protobuf-es. */
function esPeers(index: number): readonly { readonly hopField: Fields }[] {
  return entry(index).peers.map((peer) => ({
    peerIsdAs: big(peer.peer),
    peerInterface: BigInt(peer.peerIfId),
    peerMtu: peer.mtu,
    hopField: esHop(peer.hop),
  }));
}

function esBody(index: number, other: EsEntry): Uint8Array {
  const { isdAs, mtu, ingressMtu, hop } = entry(index);
  const hopField = { ...esHop(hop), ...other.hop };
  return esWrite('AsEntrySignedBody', {
    isdAs: big(isdAs),
    nextIsdAs: big(ASES[index + 1] ?? NOBODY),
    hopEntry: { hopField, ingressMtu, ...other.hopEntry },
    peerEntries: other.peers ?? esPeers(index),
    mtu,
    ...other.body,
  });
}

function esHeader(index: number, coveredBytes: number, other: EsEntry): Uint8Array {
  const keyId = { ...keyIdOf(ASES[index]!), isdAs: big(ASES[index]!) };
  return esWrite('Header', {
    signatureAlgorithm: 1,
    verificationKeyId: esWrite('VerificationKeyId', {
      ...keyId,
      trcBase: BigInt(keyId.trcBase),
      trcSerial: BigInt(keyId.trcSerial),
    }),
    timestamp: { seconds: BigInt(signedSecondsOf(index)) },
    associatedDataLength: coveredBytes,
    ...other.header,
  });
}

/** The same segment from protobuf-es, with entry `at` changed, or what says when it was made. */
function esSegment(at = -1, other: EsEntry = {}, information: Fields = {}): Uint8Array {
  const segmentInfo = esWrite('SegmentInformation', {
    timestamp: BigInt(TIMESTAMP),
    segmentId: SEGMENT_ID,
    ...information,
  });
  let covered = segmentInfo;
  const asEntries = ASES.map((_, index): Fields => {
    const change = index === at ? other : {};
    const parts = {
      header: esHeader(index, covered.length, change),
      body: esBody(index, change),
      ...change.parts,
    };
    const headerAndBody = esWrite('HeaderAndBody', parts);
    const signature = sha256(concatBytes(headerAndBody, covered));
    covered = concatBytes(covered, headerAndBody, signature);
    return { signed: { headerAndBody, signature }, ...change.asEntry };
  });
  return esWrite('PathSegment', { segmentInfo, asEntries });
}

function decoded(bytes: Uint8Array): SignedSegment | SegmentRefusal | string {
  const encoded = decodeProtobuf(PATH_SEGMENT, bytes);
  return typeof encoded === 'string' ? encoded : decodeSignedSegment(encoded);
}

function bytesOf(segment: SignedSegment): Uint8Array {
  return encodeProtobuf(PATH_SEGMENT, makeEncodedSegment(segment));
}

describe('a segment of three signed entries with peers', () => {
  const { segment, inputs } = written();

  it('is read as it was written', () => {
    expect(decoded(bytesOf(segment))).toEqual(segment);
    expect(segment.segment.entries.map(({ peers }) => peers.length)).toEqual([0, 1, 2]);
  });

  it('is what another implementation of Protobuf writes, byte for byte', () => {
    expect(toHex(bytesOf(segment))).toBe(toHex(esSegment()));
  });

  it('is what another implementation reads, with ISD numbers of which a double has no integers', () => {
    const read = esRead('PathSegment', bytesOf(segment));
    const entries = read['asEntries'] as { signed: { headerAndBody: Uint8Array } }[];
    const bodies = entries.map(({ signed }) => {
      const parts = esRead('HeaderAndBody', signed.headerAndBody);
      return esRead('AsEntrySignedBody', parts['body'] as Uint8Array);
    });
    const ases = bodies.map((body) => [body['isdAs'], body['nextIsdAs']]);
    const numbers = ASES.map(big);
    expect(ases).toEqual(numbers.map((number, index) => [number, numbers[index + 1] ?? 0n]));
    expect(Number.isSafeInteger(Number(numbers[1]))).toBe(false);
    expect(numbers[2]).toBe(0xffff_ffff_ffff_ffffn);
    expect(bodies[2]?.['peerEntries']).toMatchObject([
      { peerIsdAs: big(PEER), peerInterface: 50n },
      { peerIsdAs: big(PEER), peerInterface: 51n },
    ]);
  });

  it('is signed entry by entry, each over itself and all before it', () => {
    const { information, signed } = segment;
    let covered = information;
    for (const [index, { headerAndBody, signature, associatedBytes }] of signed.entries()) {
      expect(toHex(inputs[index]!)).toBe(toHex(concatBytes(headerAndBody, covered)));
      expect(associatedBytes).toBe(covered.length);
      covered = concatBytes(covered, headerAndBody, signature);
    }
  });

  it('is passed on as it came, with fields that nobody here knows, and in another order', () => {
    const unknown = { other: Uint8Array.of(1, 2, 3) };
    const came = esSegment(1, { body: { extensions: unknown }, asEntry: {} });
    const read = decoded(came) as SignedSegment;
    expect(read.segment).toEqual(segment.segment);
    expect(toHex(bytesOf(read))).toBe(toHex(came));
    // What is not signed is not passed on.
    const parts = decodeProtobuf(PATH_SEGMENT, esSegment()) as EncodedSegment;
    const { signed } = parts.entries[2]!;
    const loose = esSegment(2, { asEntry: { signed, unsigned: unknown } });
    expect(loose.length).toBeGreaterThan(esSegment().length);
    expect(toHex(bytesOf(decoded(loose) as SignedSegment))).toBe(toHex(esSegment()));
  });

  it('is a beacon as well, while it leads on', () => {
    const hop = { egress: 5n };
    const peers = esPeers(2).map((peer) => ({ ...peer, hopField: { ...peer.hopField, ...hop } }));
    const beacon = decoded(esSegment(2, { body: { nextIsdAs: big(PEER) }, hop, peers }));
    expect((beacon as SignedSegment).signed.at(-1)?.next).toBe(PEER);
  });
});

describe('what the MACs of an entry leave out', () => {
  const rest = (fill: number, length = 10): Uint8Array => new Uint8Array(length).fill(fill);
  /** Two peering hops, and the digest of what is left out there and in the regular one. */
  const [hop, peers, digest] = [rest(1), [rest(2), rest(3)], rest(9, 16)];
  const body = { extensions: { digests: { epic: { digest } } } };
  const esWith = (epic: Fields): Uint8Array => {
    const parts = decodeProtobuf(PATH_SEGMENT, esSegment(2, { body })) as EncodedSegment;
    return esSegment(2, {
      body,
      asEntry: { signed: parts.entries[2]!.signed, unsigned: { epic } },
    });
  };
  const GOOD = { authHopEntry: hop, authPeerEntries: peers };

  it('is read and written as another implementation of Protobuf does it, beside what is signed', () => {
    const read = decoded(esWith(GOOD)) as SignedSegment;
    const last = read.segment.entries[2]!;
    expect([last.hop, ...last.peers.map((peer) => peer.hop)].map((one) => one.macRest)).toEqual([
      hop,
      ...peers,
    ]);
    expect(read.signed.map((one) => one.epicDigest.length)).toEqual([0, 0, 16]);
    expect(read.signed[2]?.epicDigest).toEqual(digest);
    expect(toHex(bytesOf(read))).toBe(toHex(esWith(GOOD)));
    const { signed } = read;
    const own = appendSignedEntry(
      {
        ...read,
        segment: { ...read.segment, entries: read.segment.entries.slice(0, 2) },
        signed: signed.slice(0, 2),
      },
      {
        ...{ entry: last, next: undefined, keyId: keyIdOf(ASES[2]!) },
        ...{ signedSeconds: signedSecondsOf(2), epicDigest: digest },
      },
      sha256,
    );
    expect(toHex(bytesOf(own))).toBe(toHex(esWith(GOOD)));
  });

  it.each([
    ['the hop has 9 bytes', { ...GOOD, authHopEntry: rest(1, 9) }],
    ['a peering hop has 11 bytes', { ...GOOD, authPeerEntries: [rest(2), rest(3, 11)] }],
    ['a peering hop has none', { ...GOOD, authPeerEntries: [rest(2)] }],
    [
      'there is one more than there are peering hops',
      { ...GOOD, authPeerEntries: [...peers, hop] },
    ],
  ])('is refused if %s', (_, epic) => {
    expect(decoded(esWith(epic))).toBe('segment-malformed');
  });
});

const GARBAGE = Uint8Array.of(0xff);
const [PEER_FIELDS] = esPeers(1);
const peerWith = (change: Fields, hop: Fields = {}): EsEntry => {
  return { peers: [{ ...PEER_FIELDS, hopField: { ...PEER_FIELDS!.hopField, ...hop }, ...change }] };
};
const MALFORMED: readonly (readonly [what: string, entry: EsEntry, information?: Fields])[] = [
  ['is dated before 1970', {}, { timestamp: -1n }],
  ['is dated beyond 32 bits', {}, { timestamp: 2n ** 32n }],
  ['has a segment id beyond 16 bits', {}, { segmentId: 0x1_0000 }],
  ['has an entry that is not signed', { asEntry: { signed: undefined } }],
  ['has an entry that is no message', { asEntry: { signed: { headerAndBody: GARBAGE } } }],
  ['has a header that is no message', { parts: { header: GARBAGE } }],
  ['has a body that is no message', { parts: { body: GARBAGE } }],
  ['names a key by what is no message', { header: { verificationKeyId: GARBAGE } }],
  ['has no algorithm', { header: { signatureAlgorithm: 0 } }],
  ['is signed with another algorithm', { header: { signatureAlgorithm: 4 } }],
  ['has no hop entry', { body: { hopEntry: undefined } }],
  ['has no hop field', { hopEntry: { hopField: undefined } }],
  ['has a MAC of five bytes', { hop: { mac: new Uint8Array(5) } }],
  ['has a MAC of seven bytes', { hop: { mac: new Uint8Array(7) } }],
  ['has an ingress beyond 16 bits', { hop: { ingress: 0x1_0000n } }],
  ['has an egress beyond 16 bits', { hop: { egress: 0x1_0000n } }],
  ['has an expiry beyond 8 bits', { hop: { expTime: 256 } }],
  ['has an MTU beyond 16 bits', { body: { mtu: 0x1_0000 } }],
  ['has an MTU of the link beyond 16 bits', { hopEntry: { ingressMtu: 0x1_0000 } }],
  ['has a peer without hop field', peerWith({ hopField: undefined })],
  ['has a peer interface beyond 16 bits', peerWith({ peerInterface: 0x1_0000n })],
  ['has a peering MTU beyond 16 bits', peerWith({ peerMtu: 0x1_0000 })],
  ['has a peering MAC of five bytes', peerWith({}, { mac: new Uint8Array(5) })],
  ['has a peering ingress beyond 16 bits', peerWith({}, { ingress: 0x1_0000n })],
];

describe('what is no segment is refused:', () => {
  const rows = MALFORMED.map(([what, change, information]) => ({ what, change, information }));
  it.each(rows)('it $what', ({ change, information }) => {
    expect(decoded(esSegment(1, change, information))).toBe('segment-malformed');
  });

  it('it says when it was made by what is no message', () => {
    const encoded = decodeProtobuf(PATH_SEGMENT, esSegment()) as EncodedSegment;
    expect(decodeSignedSegment({ ...encoded, information: GARBAGE })).toBe('segment-malformed');
  });

  it('but one with the greatest values is none of these', () => {
    const mac = new Uint8Array(6);
    const most = { ingress: 0xffffn, egress: 0xffffn, expTime: 255, mac };
    const greatest = {
      ...peerWith({ peerInterface: 0xffffn, peerMtu: 0xffff }, most),
      ...{ hop: most, hopEntry: { hopField: most, ingressMtu: 0xffff }, body: { mtu: 0xffff } },
    };
    const last = { timestamp: 2n ** 32n - 1n, segmentId: 0xffff };
    expect(decoded(esSegment(1, greatest, last))).toMatchObject({ segment: { segmentId: 0xffff } });
  });
});

const egressOfPeers = (index: number, egress: bigint): EsEntry => ({
  peers: esPeers(index).map((peer) => ({ ...peer, hopField: { ...peer.hopField, egress } })),
});
const INVALID: readonly (readonly [string, number, EsEntry])[] = [
  ['begins with an ingress', 0, { hop: { ingress: 1n } }],
  ['has no ingress later on', 1, { hop: { ingress: 0n } }],
  ['has no ingress at its end', 2, { hop: { ingress: 0n } }],
  ['leads to another AS than the next entry', 0, { body: { nextIsdAs: big(ASES[2]!) } }],
  ['leads nowhere, and goes on', 1, { body: { nextIsdAs: 0n } }],
  ['ends, and goes on', 1, { hop: { egress: 0n }, ...egressOfPeers(1, 0n) }],
  ['has a peer that leaves elsewhere', 1, egressOfPeers(1, 999n)],
  ['has a peer that ends', 1, egressOfPeers(1, 0n)],
  ['has a peer without interface', 1, peerWith({}, { ingress: 0n })],
];

describe('what beaconing could not have made is refused:', () => {
  it.each(INVALID)('it %s', (_name, at, change) => {
    expect(decoded(esSegment(at, change))).toBe('segment-invalid');
  });

  it('it has no entries', () => {
    const { information } = written().segment;
    expect(decodeSignedSegment({ information, entries: [] })).toBe('segment-invalid');
  });

  it('it has more entries than paths have hop fields', () => {
    const encoded = makeEncodedSegment(written().segment);
    const entries = (count: number): EncodedSegment => {
      const many = Array.from({ length: count }, () => encoded.entries[0]!);
      return { ...encoded, entries: many };
    };
    const read = (count: number): string | SignedSegment =>
      decoded(encodeProtobuf(PATH_SEGMENT, entries(count)));
    expect([read(64), read(65)]).toEqual(['segment-invalid', 'too-many-elements']);
  });

  it('it has more peering links than an AS may have', () => {
    const many = (count: number): EsEntry => ({
      peers: Array.from({ length: count }, () => PEER_FIELDS!),
    });
    expect(typeof decoded(esSegment(1, many(256)))).toBe('object');
    expect(decoded(esSegment(1, many(257)))).toBe('segment-malformed');
  });
});
