/** Captures are read in every form, and wrong ones are refused at a byte, with nothing worse. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  encodeInterfaceDescription,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../../../../engine/measure/pcapng/encode.ts';
import { CaptureMistake, readCapture } from '../../../../../engine/measure/pcapng/read-capture.ts';
import { blockOf, ipPacket, type Packet, pcapngOf, pcapOf } from './captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-captures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const hasEditcap = spawnSync('editcap', ['--version']).status === 0;

/** Times that microseconds can say. */
const PACKETS: readonly Packet[] = [
  { timeNs: 1_700_000_000_000_001_000n, bytes: ipPacket('ipv4', 'udp', 100) },
  { timeNs: 1_700_000_000_500_000_000n, bytes: ipPacket('ipv6', 'tcp', 93) },
];
const FORMS = [true, false].flatMap((isLittle) =>
  [1_000n, 1n].map((tickNs) => ({ isLittle, tickNs })),
);

const read = (file: Uint8Array): readonly (Packet | undefined)[] => [...readCapture(file)];
const same = (found: readonly (Packet | undefined)[]): void => {
  expect(found.map((one) => one && { ...one, bytes: [...one.bytes] })).toEqual(
    PACKETS.map((one) => ({ ...one, bytes: [...one.bytes] })),
  );
};

/** Each packet behind the header of a link; `%` is its type, 0800 or 86dd. */
const framed = (header: string): readonly Packet[] =>
  PACKETS.map(({ timeNs, bytes }) => {
    const type = bytes[0] === 0x45 ? '0800' : '86dd';
    return { timeNs, bytes: Buffer.concat([Buffer.from(header.replace('%', type), 'hex'), bytes]) };
  });

describe('a capture', () => {
  it('is read in pcap of either byte order, in microseconds and nanoseconds', () => {
    for (const form of FORMS) same(read(pcapOf(PACKETS, form, 101)));
  });

  it('is read in pcapng of either byte order, whatever the unit of its stamps', () => {
    for (const isLittle of [true, false]) {
      for (const power of [6, 9, 10]) same(read(pcapngOf(PACKETS, isLittle, power, 101)));
      const [, half] = read(pcapngOf(PACKETS, isLittle, 128 + 20, 101));
      expect(half?.timeNs).toBe(PACKETS[1]?.timeNs);
    }
  });

  it('is read as this program writes it', () => {
    const blocks = PACKETS.map(({ bytes }, index) =>
      encodePacketBlock({ interfaceId: 0, timeNs: 5e15 + index, bytes, direction: 'inbound' }),
    );
    const file = [encodeSectionHeader('orrery'), encodeInterfaceDescription('a->b'), ...blocks];
    const found = read(Buffer.concat(file));
    expect(found.map((one) => one?.timeNs)).toEqual([
      5_000_000_000_000_000n,
      5_000_000_000_000_001n,
    ]);
  });

  it('is read from Ethernet, with and without VLAN tags, and from the links of "any"', () => {
    const macs = '02000000000102000000000a';
    const form = FORMS[0]!;
    same(read(pcapOf(framed(`${macs}%`), form, 1)));
    same(read(pcapOf(framed(`${macs}81000007%`), form, 1)));
    same(read(pcapOf(framed(`${macs}88a8000781000008%`), form, 1)));
    same(read(pcapOf(framed(`0000000100060200000000010000%`), form, 113)));
    same(read(pcapOf(framed(`%000000000003000100060200000000010000`), form, 276)));
  });

  it('has packets that are passed over: other protocols of a link, links that nobody knows', () => {
    const arp = { timeNs: 0n, bytes: Buffer.from('ffffffffffff02000000000a0806', 'hex') };
    expect(read(pcapOf([arp], FORMS[0]!, 1))).toEqual([undefined]);
    expect(read(pcapOf(PACKETS, FORMS[0]!, 147))).toEqual([undefined, undefined]);
  });

  it('begins its interfaces anew with each section', () => {
    const one = pcapngOf(PACKETS, true, 9, 101);
    const other = pcapngOf(PACKETS, false, 6, 101);
    const found = read(Buffer.concat([one, other]));
    same(found.slice(2));
    const orphan = Buffer.concat([one, blockOf(true, 0x0a0d_0d0a, one.subarray(8, 24))]);
    const packet = one.subarray(one.length - 12 - 20 - 96);
    expect(() => read(Buffer.concat([orphan, packet]))).toThrow('interface 0 is not described');
  });

  it.skipIf(!hasEditcap)('is the same after Wireshark has converted it', () => {
    for (const [name, file] of [
      ['a.pcapng', pcapngOf(PACKETS, false, 9, 101)],
      ['b.pcap', pcapOf(PACKETS, FORMS[2]!, 101)],
    ] as const) {
      writeFileSync(join(folder, name), file);
      for (const form of ['pcap', 'nsecpcap', 'pcapng']) {
        const words = ['-F', form, join(folder, name), join(folder, 'converted')];
        expect(spawnSync('editcap', words).status, form).toBe(0);
        same(read(readFileSync(join(folder, 'converted'))));
      }
    }
  });
});

describe('a wrong capture', () => {
  /** What is said about a file, or how many packets it has. */
  const outcomeOf = (file: Uint8Array): string | number => {
    try {
      return read(file).length;
    } catch (error) {
      if (!(error instanceof CaptureMistake)) throw error;
      expect(error.at).toBeGreaterThanOrEqual(0);
      expect(error.at).toBeLessThanOrEqual(file.length);
      return error.message;
    }
  };

  it('is refused when it is cut anywhere but between two packets', () => {
    for (const file of [pcapOf(PACKETS, FORMS[0]!, 101), pcapngOf(PACKETS, true, 9, 101)]) {
      const whole = Array.from({ length: file.length }, (_, end) =>
        outcomeOf(file.subarray(0, end)),
      );
      // After the header, or the section and its interface, and after the first packet.
      const counted = whole.filter((one) => typeof one === 'number');
      expect([...new Set(counted)]).toEqual([0, 1]);
      expect(counted.length).toBeLessThanOrEqual(3);
    }
  });

  it('is refused at the byte that is wrong', () => {
    expect(() => read(Buffer.alloc(24))).toThrow('neither pcap nor pcapng');
    const file = pcapOf(PACKETS, FORMS[0]!, 101);
    file.writeUInt32LE(0xffff_ffff, 24 + 8);
    expect(() => read(file)).toThrow(expect.objectContaining({ at: 32 }));
    const zero = pcapngOf(PACKETS, true, 9, 101);
    zero.writeUInt32LE(0, 28 + 4);
    expect(() => read(zero)).toThrow(expect.objectContaining({ at: 32 }));
  });

  it('causes nothing worse than a mistake, whatever its bytes', () => {
    const files = [
      ...FORMS.map((form) => pcapOf(framed('02000000000102000000000a%'), form, 1)),
      ...[true, false].map((isLittle) => pcapngOf(PACKETS, isLittle, 9, 101)),
    ];
    const change = fc.record({ at: fc.nat({ max: 400 }), byte: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { maxLength: 6 }),
        (file, changes) => {
          const changed = Buffer.from(file);
          for (const { at, byte } of changes) changed[at % changed.length] = byte;
          outcomeOf(changed);
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void outcomeOf(bytes)));
  });
});
