/** Requests for segments and their answers. */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { encodeProtobuf } from '../../../../../nodes/_kit/protobuf.ts';
import {
  decodeSegments,
  decodeSegmentsRequest,
  encodeSegments,
  encodeSegmentsRequest,
  plainSegments,
  SEGMENTS_PER_ROLE_MAX,
} from '../../../../../nodes/scion/paths/segment-messages.ts';
import {
  makeEncodedSegment,
  PATH_SEGMENT,
  type SignedSegment,
} from '../../../../../nodes/scion/paths/segment-wire.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { beaconOver, CORE_A, CORE_B, CORE_C } from '../../control-service/small-network.ts';
import { esRead, esWrite } from './segment-protobuf.ts';

const UP = beaconOver(CORE_A, [3, 3, 0]);
const OTHER_UP = beaconOver(CORE_B, [3, 3, 0]);
const DOWN = beaconOver(CORE_C, [3, 0]);
const CORE = beaconOver(CORE_C, [2, 0]);
const NONE = { ups: [], downs: [], cores: [] };

const esOf = (segment: SignedSegment): unknown =>
  esRead('PathSegment', encodeProtobuf(PATH_SEGMENT, makeEncodedSegment(segment)));

/** Segments by the number of their type, as protobuf-es writes them. */
function esSegments(byType: Readonly<Record<number, readonly unknown[]>>): Uint8Array {
  const rows = Object.entries(byType).map(([type, segments]) => [type, { segments }]);
  return esWrite('SegmentsResponse', { segments: Object.fromEntries(rows) });
}

describe('segments by their role', () => {
  it('are read as they were written, in all three roles and in their order', () => {
    const all = { ups: [UP, OTHER_UP], downs: [DOWN], cores: [CORE] };
    expect(decodeSegments(encodeSegments(all))).toEqual(all);
    const reordered = { ups: [OTHER_UP, UP], downs: [CORE], cores: [DOWN] };
    expect(decodeSegments(encodeSegments(reordered))).toEqual(reordered);
  });

  it('have the types of the reference, byte for byte', () => {
    const all = { ups: [UP], downs: [DOWN], cores: [CORE] };
    const es = esSegments({ 1: [esOf(UP)], 2: [esOf(DOWN)], 3: [esOf(CORE)] });
    expect(toHex(encodeSegments(all))).toBe(toHex(es));
  });

  it('are no bytes when there are none', () => {
    expect(encodeSegments(NONE)).toHaveLength(0);
    expect(decodeSegments(new Uint8Array(0))).toEqual(NONE);
    expect(decodeSegments(encodeSegments({ ...NONE, cores: [CORE] }))).toEqual({
      ...NONE,
      cores: [CORE],
    });
  });

  it('of unknown types are ignored, whatever they are', () => {
    const broken = { segmentInfo: Uint8Array.of(0xff) };
    const es = esSegments({ 0: [esOf(UP)], 2: [esOf(DOWN)], 4: [broken], 77: [esOf(UP)] });
    expect(decodeSegments(es)).toEqual({ ...NONE, downs: [DOWN] });
  });

  it('are refused all together when one of them is none', () => {
    const broken = { segmentInfo: Uint8Array.of(0xff) };
    for (const type of [1, 2, 3]) {
      expect(decodeSegments(esSegments({ [type]: [esOf(UP), broken] }))).toBeUndefined();
    }
    expect(decodeSegments(Uint8Array.of(0xff))).toBeUndefined();
  });

  it(`are refused when there are more than ${SEGMENTS_PER_ROLE_MAX} of a role, or more than eight types`, () => {
    const of = (length: number): unknown[] => Array.from({ length }, () => esOf(DOWN));
    const read = decodeSegments(esSegments({ 2: of(SEGMENTS_PER_ROLE_MAX) }));
    expect(read?.downs).toHaveLength(SEGMENTS_PER_ROLE_MAX);
    expect(decodeSegments(esSegments({ 2: of(SEGMENTS_PER_ROLE_MAX + 1) }))).toBeUndefined();
    const types = (length: number): Uint8Array =>
      esSegments(Object.fromEntries(Array.from({ length }, (_, type) => [type, []])));
    expect(decodeSegments(types(8))).toEqual(NONE);
    expect(decodeSegments(types(9))).toBeUndefined();
  });

  it('that are more than may be read are not written', () => {
    const many = Array.from({ length: SEGMENTS_PER_ROLE_MAX + 1 }, () => DOWN);
    const read = decodeSegments(encodeSegments({ ups: many, downs: many, cores: many }));
    expect(read?.downs).toHaveLength(SEGMENTS_PER_ROLE_MAX);
  });

  it('lose their signatures for combination', () => {
    expect(plainSegments({ ups: [UP], downs: [DOWN], cores: [CORE, CORE] })).toEqual({
      ups: [UP.segment],
      downs: [DOWN.segment],
      cores: [CORE.segment, CORE.segment],
    });
  });
});

describe('a request for segments', () => {
  const request = {
    source: requireIsdAs('65535-ffff:ffff:ffff'),
    target: requireIsdAs('33-0'),
  };

  it('is read as it was written, with numbers above 2^53', () => {
    expect(decodeSegmentsRequest(encodeSegmentsRequest(request))).toEqual(request);
  });

  it('is that of the reference, byte for byte', () => {
    const es = esWrite('SegmentsRequest', {
      srcIsdAs: 0xffff_ffff_ffff_ffffn,
      dstIsdAs: 33n << 48n,
    });
    expect(toHex(encodeSegmentsRequest(request))).toBe(toHex(es));
  });

  it('is refused when it is no message', () => {
    expect(decodeSegmentsRequest(Uint8Array.of(0x0a, 0x01, 0x00))).toBeUndefined();
    expect(decodeSegmentsRequest(encodeSegmentsRequest(request).subarray(0, 5))).toBeUndefined();
  });
});
