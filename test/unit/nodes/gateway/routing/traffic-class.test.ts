/** Traffic classes: which packets fit, and which options are refused. */
import { describe, expect, it } from 'vitest';
import { readIpHeader } from '../../../../../nodes/gateway/routing/ip-header.ts';
import {
  makeTrafficClasses,
  trafficClassesSchema,
} from '../../../../../nodes/gateway/routing/traffic-class.ts';
import { ipv4Packet, ipv6Packet } from '../sig/frames.ts';

/** UDP from 10.1.0.1:5000 to 10.2.0.2:53, DSCP 46. */
function udp(changes: Readonly<Record<number, number>> = {}): Uint8Array {
  const packet = ipv4Packet(60, 0);
  packet.set([0xb8], 1);
  packet.set([17], 9);
  packet.set([10, 1, 0, 1, 10, 2, 0, 2, 5000 >> 8, 5000 & 0xff, 0, 53], 12);
  for (const [at, value] of Object.entries(changes)) packet[Number(at)] = value;
  return packet;
}

/** TCP from 2001:db8::1 to 2001:db8:1::2, ports 443 and 50000, DSCP 10. */
function tcp6(): Uint8Array {
  const packet = ipv6Packet(80, 0);
  packet.set([0x62, 0x80], 0);
  packet.set([6], 6);
  packet.set([0x20, 1, 0xd, 0xb8], 8);
  packet[23] = 1;
  packet.set([0x20, 1, 0xd, 0xb8, 0, 1], 24);
  packet[39] = 2;
  packet.set([443 >> 8, 443 & 0xff, 50_000 >> 8, 50_000 & 0xff], 40);
  return packet;
}

function isFit(match: object, packet: Uint8Array): boolean {
  const options = trafficClassesSchema.parse([{ name: 'one', match, paths: [{}] }]);
  const header = readIpHeader(packet) ?? expect.fail('is no IP packet');
  return makeTrafficClasses(options)[0]!.fits(header);
}

describe('a traffic class', () => {
  it.each([
    [{}, true],
    [{ dscp: 46 }, true],
    [{ dscp: [10, 46] }, true],
    [{ dscp: 0 }, false],
    [{ protocol: 'udp' }, true],
    [{ protocol: [6, 17] }, true],
    [{ protocol: 'tcp' }, false],
    [{ source: '10.1.0.0/16' }, true],
    [{ source: '10.2.0.0/16' }, false],
    [{ destination: ['192.0.2.0/24', '10.2.0.2/32'] }, true],
    [{ destination: '::/0' }, false],
    [{ destination: '0.0.0.0/0' }, true],
    [{ sourcePort: '4999-5000' }, true],
    [{ sourcePort: '5001-6000' }, false],
    [{ destinationPort: 53 }, true],
    [{ destinationPort: [80, '50-53'] }, true],
    [{ destinationPort: 80 }, false],
    [{ dscp: 46, protocol: 'udp', destinationPort: 80 }, false],
    [{ dscp: 46, protocol: 'udp', destinationPort: 53 }, true],
  ])('%j fits a UDP packet: %s', (match, wanted) => expect(isFit(match, udp())).toBe(wanted));

  it.each([
    [{ dscp: 10, protocol: 'tcp' }, true],
    [{ dscp: 40 }, false],
    [{ source: '2001:db8::/48', destination: '2001:db8:1::/48' }, true],
    [{ source: '2001:db8:1::/48' }, false],
    [{ sourcePort: 443, destinationPort: '49152-65535' }, true],
  ])('%j fits a TCP packet of IPv6: %s', (match, wanted) =>
    expect(isFit(match, tcp6())).toBe(wanted),
  );

  it('finds no ports in a later fragment, in a packet cut before them, or in one without', () => {
    const match = { sourcePort: '0-65535' };
    expect(isFit(match, udp())).toBe(true);
    expect(isFit(match, udp({ 6: 0x20 }))).toBe(true);
    expect(isFit(match, udp({ 7: 1 }))).toBe(false);
    expect(isFit(match, udp({ 9: 1 }))).toBe(false);
    expect(isFit(match, ipv4Packet(20))).toBe(false);
    const options = udp({ 0: 0x4f });
    expect(isFit({ sourcePort: 5000 }, options)).toBe(false);
  });

  it('is of no packet whose header is longer than the packet', () => {
    expect(readIpHeader(ipv4Packet(20))).toBeDefined();
    const packet = ipv4Packet(20);
    packet[0] = 0x46;
    expect(readIpHeader(packet)).toBeUndefined();
    packet[0] = 0x44;
    expect(readIpHeader(packet)).toBeUndefined();
  });
});

describe('the option `classes`', () => {
  it.each([
    [[{ name: 'a', paths: [] }], 'paths'],
    [
      [
        { name: 'a', paths: [{}] },
        { name: 'a', paths: [{}] },
      ],
      'is there twice',
    ],
    [[{ name: 'a', match: { dscp: 64 }, paths: [{}] }], '63'],
    [[{ name: 'a', match: { source: '10.0.0.1/8' }, paths: [{}] }], 'expected 10.0.0.0/8'],
    [[{ name: 'a', match: { sourcePort: '9-1' }, paths: [{}] }], 'is no range of ports'],
    [[{ name: 'a', match: { sourcePort: '1-70000' }, paths: [{}] }], 'is no range of ports'],
    [[{ name: 'a', match: { colour: 1 }, paths: [{}] }], 'colour'],
    [[{ name: 'a', paths: [{ acl: ['- 1'] }] }], 'has no entry for all interfaces'],
    [Array.from({ length: 33 }, (_, i) => ({ name: `${i}`, paths: [{}] })), '32'],
  ])('refuses %j', (classes, reason) => {
    const read = trafficClassesSchema.safeParse(classes);
    expect(JSON.stringify(read.error?.issues)).toContain(reason);
  });
});
