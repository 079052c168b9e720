/**
 * The reference's messages of path segments (proto/control_plane/v1/seg.proto, proto/crypto/v1/signed.proto) in
 * protobuf-es, an independent implementation.
 *
 * @module
 */
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { descriptor, entryOf, type Row } from '../../_kit/protobuf-samples.ts';

const BYTES: Row = { type: Type.BYTES };
const INT32: Row = { type: Type.INT32 };
const INT64: Row = { type: Type.INT64 };
const UINT32: Row = { type: Type.UINT32 };
const UINT64: Row = { type: Type.UINT64 };
const one = (of: string): Row => ({ type: Type.MESSAGE, of });
const many = (of: string): Row => ({ type: Type.MESSAGE, of, isRepeated: true });

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'segments.proto',
    package: 'test',
    syntax: 'proto3',
    messageType: [
      descriptor('PathSegment', [
        ['segmentInfo', 1, BYTES],
        ['asEntries', 2, many('AsEntry')],
      ]),
      descriptor('SegmentInformation', [
        ['timestamp', 1, INT64],
        ['segmentId', 2, UINT32],
      ]),
      descriptor('AsEntry', [
        ['signed', 1, one('SignedMessage')],
        ['unsigned', 2, one('UnsignedExtensions')],
      ]),
      descriptor('SignedMessage', [
        ['headerAndBody', 1, BYTES],
        ['signature', 2, BYTES],
      ]),
      descriptor('HeaderAndBody', [
        ['header', 1, BYTES],
        ['body', 2, BYTES],
      ]),
      descriptor('Header', [
        ['signatureAlgorithm', 1, INT32],
        ['verificationKeyId', 2, BYTES],
        ['timestamp', 3, one('Timestamp')],
        ['metadata', 4, BYTES],
        ['associatedDataLength', 5, INT32],
      ]),
      descriptor('Timestamp', [
        ['seconds', 1, INT64],
        ['nanos', 2, INT32],
      ]),
      descriptor('VerificationKeyId', [
        ['isdAs', 1, UINT64],
        ['subjectKeyId', 2, BYTES],
        ['trcBase', 3, UINT64],
        ['trcSerial', 4, UINT64],
      ]),
      descriptor('AsEntrySignedBody', [
        ['isdAs', 1, UINT64],
        ['nextIsdAs', 2, UINT64],
        ['hopEntry', 3, one('HopEntry')],
        ['peerEntries', 4, many('PeerEntry')],
        ['mtu', 5, UINT32],
        ['extensions', 6, one('Extensions')],
      ]),
      descriptor('Extensions', [
        ['other', 999, BYTES],
        ['digests', 1000, one('DigestExtension')],
      ]),
      descriptor('DigestExtension', [['epic', 1000, one('Digest')]]),
      descriptor('Digest', [['digest', 1, BYTES]]),
      descriptor('UnsignedExtensions', [
        ['other', 999, BYTES],
        ['epic', 1000, one('EpicDetachedExtension')],
      ]),
      descriptor('EpicDetachedExtension', [
        ['authHopEntry', 1, BYTES],
        ['authPeerEntries', 2, { ...BYTES, isRepeated: true }],
      ]),
      descriptor('HopEntry', [
        ['hopField', 1, one('HopField')],
        ['ingressMtu', 2, UINT32],
      ]),
      descriptor('PeerEntry', [
        ['peerIsdAs', 1, UINT64],
        ['peerInterface', 2, UINT64],
        ['peerMtu', 3, UINT32],
        ['hopField', 4, one('HopField')],
      ]),
      descriptor('HopField', [
        ['ingress', 1, UINT64],
        ['egress', 2, UINT64],
        ['expTime', 3, UINT32],
        ['mac', 4, BYTES],
      ]),
      descriptor('SegmentsRequest', [
        ['srcIsdAs', 1, UINT64],
        ['dstIsdAs', 2, UINT64],
      ]),
      descriptor('Segments', [['segments', 1, many('PathSegment')]]),
      {
        ...descriptor('SegmentsResponse', [
          ['segments', 1, many('SegmentsResponse.SegmentsEntry')],
        ]),
        nestedType: [entryOf('SegmentsEntry', Type.INT32, one('Segments'))],
      },
      descriptor('BeaconRequest', [['segment', 1, one('PathSegment')]]),
    ],
  }),
  () => undefined,
);

/** A message as protobuf-es writes it. */
export function esWrite(name: string, fields: Readonly<Record<string, unknown>>): Uint8Array {
  const schema = schemaOf(name);
  return toBinary(schema, create(schema, fields));
}

/** A message as protobuf-es reads it. */
export function esRead(name: string, bytes: Uint8Array): MessageShape<DescMessage> & EsFields {
  return fromBinary(schemaOf(name), bytes) as MessageShape<DescMessage> & EsFields;
}

type EsFields = Readonly<Record<string, unknown>>;

function schemaOf(name: string): DescMessage {
  return registry.getMessage(`test.${name}`)!;
}
