/**
 * The fields of a SCION packet, compared with the values that the codecs of the protocol wrote.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { fields as read } from '../../../../nodes/scion/viz-fields.ts';
import { requireHostAddress } from '../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import type { HopField } from '../../../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../../../nodes/scion/wire/udp.ts';

const hop = (consIngress: number, consEgress: number): HopField => ({
  ...{ hasIngressAlert: false, hasEgressAlert: false, expTime: 63, consIngress, consEgress },
  mac: Uint8Array.of(1, 2, 3, 4, 5, 6),
});
const info = { isPeering: false, isConsDir: true, segmentId: 0xbeef, timestamp: 1 };
const PACKET = encodeUdpPacket(
  {
    ...{
      trafficClass: 5,
      flowId: 77,
      target: requireIsdAs('2-ff00:0:211'),
      source: requireIsdAs('1-64512'),
    },
    targetHost: requireHostAddress('10.0.0.2'),
    sourceHost: requireHostAddress('2001:db8::1'),
    path: {
      ...{ kind: 'scion', currentInfo: 0, currentHop: 1, segmentLengths: [2, 1, 0] },
      infos: [info, { ...info, isConsDir: false }],
      hops: [hop(0, 3), hop(4, 0), hop(7, 8)],
    },
  },
  { sourcePort: 30_001, targetPort: 30_041, payload: Uint8Array.of(9, 8, 7) },
);

const fields = (bytes: Uint8Array): ReturnType<typeof read> => read(bytes, new Map());

describe('R-241: the fields of a SCION packet', () => {
  const found = fields(PACKET) ?? [];
  const textOf = (name: string): string | undefined =>
    found.find((field) => field.name === name)?.value;

  it('are what was encoded', () => {
    expect(textOf('version, class, flow')).toBe('0, 5, 77');
    expect(textOf('next header')).toBe('UDP');
    expect(textOf('target ISD-AS')).toBe('2-ff00:0:211');
    expect(textOf('source ISD-AS')).toBe('1-64512');
    expect(textOf('target host')).toBe('10.0.0.2');
    expect(textOf('source host')).toBe('20010db8000000000000000000000001');
    expect(textOf('place on the path')).toBe('segment 0, hop 1 of 2 + 1 + 0');
    expect(textOf('segment 1')).toBe('against construction direction, id beef');
    expect(textOf('hop 1 (now)')).toBe('interfaces 4 > 0');
    expect(textOf('hop 2')).toBe('interfaces 7 > 8');
    expect([textOf('source port'), textOf('target port')]).toEqual(['30001', '30041']);
    expect(textOf('bytes')).toBe('3 bytes');
  });

  it('cover every byte once, in order, but for those that are reserved', () => {
    const ends = found.map(({ offset, length }) => offset + length);
    const gaps = found.map(({ offset }, at) => offset - (at === 0 ? 0 : (ends[at - 1] ?? 0)));
    // Bytes 10 and 11 of the common header are reserved.
    expect(gaps.filter((gap) => gap !== 0)).toEqual([2]);
    expect(ends.at(-1)).toBe(PACKET.length);
  });

  it('of a packet that was cut anywhere lie within it, and of other bytes there are none', () => {
    for (let length = 0; length <= PACKET.length; length += 1) {
      for (const field of fields(PACKET.subarray(0, length)) ?? []) {
        expect(field.offset + field.length).toBeLessThanOrEqual(length);
      }
    }
    expect(fields(Uint8Array.from(PACKET, () => 0xff))).toBeUndefined();
    expect(fields(new Uint8Array(40))).toBeUndefined();
  });
});
