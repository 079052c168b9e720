import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../../../nodes/_kit/bytes.ts';
import {
  isWireDropReason,
  WIRE_DROP_REASONS,
  type WireDropReason,
} from '../../../../../nodes/scion/wire/drops.ts';
import { decodeHeader, encodePacket } from '../../../../../nodes/scion/wire/header.ts';
import { isdAsWords } from '../../../../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import {
  advancePath,
  encodePath,
  type HopField,
  isCrossover,
  reversePath,
  type SegmentedPath,
} from '../../../../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';
import { HEADER, packetParts, SAMPLES, segmentedPath, THREE_SEGMENTS } from './corpus.ts';
import { value } from './value.ts';

const SAMPLE = SAMPLES[0] as Uint8Array;

function parsed(packet: Uint8Array): PacketView {
  const view = new PacketView();
  expect(view.parse(packet, 0, packet.length)).toBeUndefined();
  return view;
}

function withByte(packet: Uint8Array, offset: number, byte: number): Uint8Array {
  const changed = Uint8Array.from(packet);
  changed[offset] = byte;
  return changed;
}

/** What the view reports about its current hop. */
function seenBy(view: PacketView): object {
  return {
    currentHop: view.currentHop,
    currentInfo: view.currentInfo,
    constructed: [view.consIngress, view.consEgress],
    travelled: [view.ingress, view.egress],
    ingressAgain: view.ingressOf(view.currentHop),
    alerts: [view.hasIngressAlert, view.hasEgressAlert],
    expTime: view.expTime,
    mac: view.buffer.slice(view.macOffset, view.macOffset + 6),
    info: [view.isConsDir, view.isPeeringSegment, view.segmentId, view.timestamp],
    isFirstHop: view.isFirstHop,
    isLastHop: view.isLastHop,
    isCrossover: view.isCrossover,
  };
}

/** The same facts, computed from the path. */
function knownOf(path: SegmentedPath): object {
  const hop = path.hops[path.currentHop];
  const info = path.infos[path.currentInfo];
  if (hop === undefined || info === undefined) throw new Error('outside the path');
  const { isConsDir, isPeering, segmentId, timestamp } = info;
  const inOrder = <T>(pair: [T, T]): [T, T] => (isConsDir ? pair : [pair[1], pair[0]]);
  const [ingress, egress] = inOrder([hop.consIngress, hop.consEgress]);
  return {
    currentHop: path.currentHop,
    currentInfo: path.currentInfo,
    constructed: [hop.consIngress, hop.consEgress],
    travelled: [ingress, egress],
    ingressAgain: ingress,
    alerts: inOrder([hop.hasIngressAlert, hop.hasEgressAlert]),
    expTime: hop.expTime,
    mac: hop.mac,
    info: [isConsDir, isPeering, segmentId, timestamp],
    isFirstHop: path.currentHop === 0,
    isLastHop: path.currentHop === path.hops.length - 1,
    isCrossover: isCrossover(path),
  };
}

/** What both layers report about the same bytes. */
function bothAnswers(packet: Uint8Array): readonly unknown[] {
  const decoded = decodeHeader(packet);
  const seen = new PacketView().parse(packet, 0, packet.length);
  return [isWireDropReason(decoded) ? decoded : undefined, seen];
}

describe('the header codec', () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(packetParts, ({ header, payload }) => {
        const packet = encodePacket(header, payload);
        const decoded = value(decodeHeader(packet));
        expect(decoded.header).toEqual({ ...header, payloadLength: payload.length });
        expect(packet.subarray(decoded.headerLength)).toEqual(payload);
      }),
    );
  });

  it('encodes what it decoded to the same bytes', () => {
    for (const packet of SAMPLES) {
      const { header, headerLength } = value(decodeHeader(packet));
      expect(toHex(encodePacket(header, packet.subarray(headerLength)))).toBe(toHex(packet));
    }
  });

  it('does not encode what its length fields cannot say', () => {
    const header = { ...HEADER, nextHeader: 17 };
    expect(() => encodePacket(header, new Uint8Array(65_536))).toThrow(RangeError);
    expect(encodePacket(header, new Uint8Array(65_535)).length).toBeGreaterThan(65_535);
    const hops = Array.from({ length: 80 }, () => THREE_SEGMENTS.hops[0] as HopField);
    const path: SegmentedPath = { ...THREE_SEGMENTS, hops };
    expect(() => encodePacket({ ...header, path }, new Uint8Array(0))).toThrow(RangeError);
  });

  it('ignores reserved bits and does not send them', () => {
    const noisy = withByte(withByte(SAMPLE, 10, 0xff), 11, 0xff);
    expect(decodeHeader(noisy)).toEqual(decodeHeader(SAMPLE));
  });
});

describe('both layers', () => {
  it('drop a header cut at any byte as truncated', () => {
    const { headerLength } = value(decodeHeader(SAMPLE));
    for (let length = 0; length < headerLength; length++) {
      const cut = SAMPLE.subarray(0, length);
      expect(bothAnswers(cut)).toEqual(['scion-truncated', 'scion-truncated']);
    }
  });

  it('drop other versions', () => {
    const other = withByte(SAMPLE, 0, 0x10 | (SAMPLE[0] as number));
    expect(bothAnswers(other)).toEqual(['scion-version', 'scion-version']);
  });

  it('drop a HdrLen that is not exactly addresses and path', () => {
    const lines = SAMPLE[5] as number;
    const long = concatBytes(SAMPLE, new Uint8Array(64));
    for (const wrong of [0, 7, lines - 1, lines + 1]) {
      const drops = ['scion-header-length', 'scion-header-length'];
      expect(bothAnswers(withByte(long, 5, wrong))).toEqual(drops);
    }
  });

  it('drop path types that nobody speaks', () => {
    for (const type of [4, 255]) {
      const drops = ['path-type-unknown', 'path-type-unknown'];
      expect(bothAnswers(withByte(SAMPLE, 8, type))).toEqual(drops);
    }
  });

  it('agree on every field of any packet', () => {
    fc.assert(
      fc.property(packetParts, ({ header, payload }) => {
        const packet = encodePacket(header, payload);
        const view = parsed(packet);
        expect(view.trafficClass).toBe(header.trafficClass);
        expect(view.flowId).toBe(header.flowId);
        expect(view.upperProtocol).toBe(header.nextHeader);
        expect(view.end - view.upperOffset).toBe(payload.length);
        expect(view.actualPayloadLength).toBe(view.payloadLength);
        expect(view.isTarget(isdAsWords(header.target))).toBe(true);
        expect(view.isSource(isdAsWords(header.source))).toBe(true);
        expect(view.isTarget(isdAsWords(header.source))).toBe(header.source === header.target);
        const bytesAt = (offset: number, length: number): Uint8Array =>
          packet.slice(offset, offset + length);
        const { targetHost, sourceHost } = header;
        const target = { isdAs: isdAsWords(header.target), host: targetHost };
        const source = { isdAs: isdAsWords(header.source), host: sourceHost };
        expect([view.isFor(target), view.isFrom(source)]).toEqual([true, true]);
        // Another AS, another type of the same length, another last byte.
        const words = { ...target.isdAs, low: (target.isdAs.low ^ 1) >>> 0 };
        const last = targetHost.bytes.map((byte, at) =>
          at + 1 < targetHost.bytes.length ? byte : byte ^ 1,
        );
        const others = [
          { ...target, isdAs: words },
          { ...target, host: { ...targetHost, type: targetHost.type ^ 4 } },
          { ...target, host: { ...targetHost, bytes: last } },
        ];
        expect(others.map((end) => view.isFor(end))).toEqual([false, false, false]);
        expect([view.targetHostType, view.sourceHostType]).toEqual([
          targetHost.type,
          sourceHost.type,
        ]);
        expect(bytesAt(view.targetHostOffset, targetHost.bytes.length)).toEqual(targetHost.bytes);
        expect(bytesAt(view.sourceHostOffset, sourceHost.bytes.length)).toEqual(sourceHost.bytes);
      }),
    );
  });

  it('R-084: one flipped bit in the header changes the answer or is a named drop', () => {
    const original = value(decodeHeader(SAMPLE));
    const ignored: number[] = [];
    for (let bit = 0; bit < 8 * original.headerLength; bit++) {
      const at = bit >>> 3;
      const flipped = withByte(SAMPLE, at, (SAMPLE[at] as number) ^ (1 << (bit & 7)));
      const [drop, seen] = bothAnswers(flipped);
      if (typeof drop === 'string') expect(WIRE_DROP_REASONS).toHaveProperty(drop);
      if (typeof seen === 'string') expect(WIRE_DROP_REASONS).toHaveProperty(seen);
      const decoded = decodeHeader(flipped);
      if (JSON.stringify(decoded) === JSON.stringify(original)) ignored.push(at);
    }
    // The reserved bits of the common header, the path meta header, info fields and hop fields: 16
    // + 6 + 3·14 + 7·6.
    expect(ignored.length).toBe(16 + 6 + 3 * 14 + 7 * 6);
  });
});

describe('the packet view on a path', () => {
  const lengthsAt = SAMPLE.length - 25 - 4 - 3 * 8 - 7 * 12;

  function withMeta(word: number): Uint8Array {
    const packet = Uint8Array.from(SAMPLE);
    new DataView(packet.buffer).setUint32(lengthsAt, word);
    return packet;
  }
  const meta = (info: number, hop: number, lengths: readonly number[]): number =>
    ((info << 30) |
      (hop << 24) |
      ((lengths[0] as number) << 12) |
      ((lengths[1] as number) << 6) |
      (lengths[2] as number)) >>>
    0;

  it.each([
    ['the current hop beyond the last', meta(2, 7, [2, 3, 2])],
    ['the current info of another segment', meta(1, 0, [2, 3, 2])],
    ['a gap between segments', meta(0, 0, [4, 0, 3])],
    ['an empty first segment', meta(0, 0, [0, 4, 3])],
    ['more than 64 hops', meta(0, 0, [63, 63, 63])],
    ['one hop alone without P', meta(0, 0, [1, 4, 2])],
  ])('drops %s', (_name, word) => {
    const packet = withMeta(word);
    expect(new PacketView().parse(packet, 0, packet.length)).toBe('path-malformed');
  });

  it('drops a path without any hop', () => {
    const path: SegmentedPath = {
      ...THREE_SEGMENTS,
      segmentLengths: [0, 0, 0],
      infos: [],
      hops: [],
    };
    const packet = encodeUdpPacket(
      { ...HEADER, path },
      { sourcePort: 1, targetPort: 2, payload: new Uint8Array(0) },
    );
    expect(decodeHeader(packet)).toHaveProperty('header');
    expect(new PacketView().parse(packet, 0, packet.length)).toBe('path-malformed');
  });

  it('accepts one hop alone with P and knows the peering hops', () => {
    const [first, second] = THREE_SEGMENTS.infos;
    if (first === undefined || second === undefined) throw new Error('two info fields');
    const path: SegmentedPath = {
      ...THREE_SEGMENTS,
      segmentLengths: [1, 2, 0],
      infos: [
        { ...first, isPeering: true },
        { ...second, isPeering: true },
      ],
      hops: THREE_SEGMENTS.hops.slice(0, 3),
    };
    const view = parsed(encodePacket({ ...HEADER, nextHeader: 253, path }, new Uint8Array(0)));
    expect(view.isPeeringMalformed).toBe(false);
    const isPeeringHop = [view.isPeeringHop];
    while (view.advance() === undefined) isPeeringHop.push(view.isPeeringHop);
    expect(isPeeringHop).toEqual([true, true, false]);
  });

  it('knows P on one or three segments as malformed', () => {
    const infos = THREE_SEGMENTS.infos.map((info) => ({ ...info, isPeering: true }));
    const path: SegmentedPath = { ...THREE_SEGMENTS, infos };
    const view = parsed(encodePacket({ ...HEADER, nextHeader: 253, path }, new Uint8Array(0)));
    expect(view.isPeeringMalformed).toBe(true);
  });

  it('moves along like the plain path, in the packet itself', () => {
    fc.assert(
      fc.property(segmentedPath, (path) => {
        const start: SegmentedPath = { ...path, currentHop: 0, currentInfo: 0 };
        const header = { ...HEADER, nextHeader: 253, path: start };
        const packet = encodePacket(header, new Uint8Array(0));
        const view = parsed(packet);
        let plain: SegmentedPath | WireDropReason = start;
        while (!isWireDropReason(plain)) {
          expect(seenBy(view)).toEqual(knownOf(plain));
          expect(value(decodeHeader(packet)).header.path).toEqual(plain);
          const wasCrossover = view.isCrossover;
          plain = advancePath(plain);
          expect(view.advance()).toBe(isWireDropReason(plain) ? plain : undefined);
          if (!isWireDropReason(plain)) expect(view.isFirstHopAfterCrossover).toBe(wasCrossover);
        }
      }),
    );
  });

  it('clears alerts and folds MACs in place, one field at a time', () => {
    const [hop, ...others] = THREE_SEGMENTS.hops;
    if (hop === undefined) throw new Error('a hop');
    const alerted = { ...hop, hasIngressAlert: true, hasEgressAlert: true };
    const path: SegmentedPath = { ...THREE_SEGMENTS, hops: [alerted, ...others] };
    const packet = encodePacket({ ...HEADER, nextHeader: 253, path }, new Uint8Array(0));
    const view = parsed(packet);
    view.clearIngressAlert();
    expect([view.hasIngressAlert, view.hasEgressAlert]).toEqual([false, true]);
    view.clearEgressAlert();
    expect([view.hasIngressAlert, view.hasEgressAlert]).toEqual([false, false]);
    view.foldMacIntoSegmentId();
    expect(view.segmentId).toBe(0x1111 ^ 0x0102);
    view.foldMacIntoSegmentId();
    expect(value(decodeHeader(packet)).header.path).toEqual(THREE_SEGMENTS);
  });

  it('selects the hop of a one-hop path', () => {
    const view = parsed(SAMPLES[2] as Uint8Array);
    expect([view.isConsDir, view.consEgress]).toEqual([true, 4]);
    view.selectSecondHop();
    expect(view.consIngress).toBe(8);
    view.selectFirstHop();
    expect(view.consEgress).toBe(4);
  });

  it('forgets the packet before', () => {
    const view = new PacketView();
    for (const packet of [...SAMPLES, ...SAMPLES.toReversed()]) {
      expect(view.parse(packet, 0, packet.length)).toBeUndefined();
      expect(view).toEqual(parsed(packet));
    }
  });
});

describe('path reversal', () => {
  it('is its own inverse', () => {
    fc.assert(
      fc.property(segmentedPath, (path) => {
        const back = value(reversePath(path));
        expect(toHex(encodePath(value(reversePath(back))))).toBe(toHex(encodePath(path)));
        expect(back.segmentLengths.slice(0, back.infos.length)).toEqual(
          path.segmentLengths.slice(0, path.infos.length).toReversed(),
        );
      }),
    );
  });

  it('refuses a path without segments', () => {
    const none = { ...THREE_SEGMENTS, segmentLengths: [0, 0, 0], infos: [], hops: [] } as const;
    expect(reversePath(none)).toBe('path-irreversible');
  });
});
