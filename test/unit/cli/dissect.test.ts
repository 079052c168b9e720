/**
 * Dissectors: tshark shows every field of genuine, cut and mutated packets as the packet panel does.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import {
  encodeInterfaceDescription,
  encodePacketBlock,
  encodeSectionHeader,
} from '../../../engine/measure/pcapng/encode.ts';
import { parseIpAddress, synthesiseIpPacket } from '../../../engine/measure/pcapng/synthesise.ts';
import type { IpEndpoint } from '../../../engine/pure/ip-headers.ts';
import { layout as datagram } from '../../../nodes/datagram/viz-fields.ts';
import { FRAME_TYPE } from '../../../nodes/gateway/geometry.ts';
import { layout as gateway } from '../../../nodes/gateway/viz-fields.ts';
import { encodeHeader, FrameHeader } from '../../../nodes/gateway/wire.ts';
import { layout as mixnet } from '../../../nodes/mixnet/viz-fields.ts';
import { FrameCodec } from '../../../nodes/mixnet/wire.ts';
import { layout as ping } from '../../../nodes/ping/viz-fields.ts';
import { encodeHeader as encodePing } from '../../../nodes/ping/wire.ts';
import { layout as scion } from '../../../nodes/scion/viz-fields.ts';
import { requireHostAddress } from '../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../nodes/scion/wire/isd-as.ts';
import type { HopField } from '../../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../../nodes/scion/wire/udp.ts';
import {
  createKeyExchange,
  createPacketFormat,
  PACKET_FORMAT_TRACE,
  packetFormatState,
} from '../../../nodes/sphinx/index.ts';
import { layout as sphinx } from '../../../nodes/sphinx/viz-fields.ts';
import { readPacketLayers } from '../../../viz/app/pages/network/fields.ts';
import { makePacketReader } from '../../../viz/format/layout-reader.ts';
import { type DissectedProtocol, luaDissector } from '../../../viz/format/lua-dissector.ts';
import { layoutForStates, type PacketLayout } from '../../../viz/format/packet-layout.ts';
import { ROOT } from '../../architecture/files.ts';
import { orreryHere } from '../../command-here.ts';
import { COMMAND_LINE } from '../../command-line.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const WITHOUT = hasTshark ? '' : ' (tshark is missing: apt-get install tshark)';
/** Bytes before the payload: IPv4 and UDP. */
const FRONT = 28;
const folder = mkdtempSync(join(tmpdir(), 'orrery-dissect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { geometry } = createPacketFormat({
  ...{
    crypto: createCryptoProvider('node'),
    exchange: createKeyExchange(createCryptoProvider('node'), 'x25519'),
  },
  ...{ nrHops: 3, userForwardPayloadLength: 60, withSurb: false },
});
const STATES = new Map([
  [
    PACKET_FORMAT_TRACE.machine,
    PACKET_FORMAT_TRACE.state.write(packetFormatState('sphinx', geometry)),
  ],
]);

/** Every kind of size, form and condition, beside those of the shipped protocols. */
const OWN: PacketLayout = {
  layers: [
    {
      layer: 'own "head"',
      fields: [
        { name: 'magic', size: 1, only: [0xc9], form: 'hex' },
        { name: 'kind', size: 1, names: { 1: 'one', 2: 'two' } },
        { name: 'long', size: 8, form: 'number', text: '{value} of {bytes} B, kind {kind}' },
        { name: 'cbor', size: 'cbor unsigned', when: { of: 'kind', is: [1] } },
        {
          ...{ name: 'flags', size: 2 },
          bits: [
            { name: 'count', bits: 3 },
            { name: '', bits: 4 },
            { name: 'place', bits: 9, form: 'hex' },
          ],
        },
      ],
    },
    {
      layer: 'own list',
      fields: [
        { name: 'entry', size: 3, repeat: { times: { of: 'count' }, now: 'kind' } },
        { name: 'filler', size: { until: 40 } },
        { name: 'tail', size: 'rest' },
      ],
    },
  ],
};
const LAYOUTS: Readonly<Record<string, PacketLayout | undefined>> = {
  ...{ datagram, gateway, mixnet, own: OWN, ping, scion },
  sphinx: layoutForStates(sphinx, STATES),
};
const pick = (...names: readonly string[]): readonly (readonly [string, PacketLayout])[] =>
  names.flatMap((name) => {
    const layout = LAYOUTS[name];
    return layout === undefined ? [] : [[name, layout] as const];
  });

function frame(type: FrameHeader['type'], length: number): Uint8Array {
  const header = Object.assign(new FrameHeader(), {
    ...{ type, epoch: 300, sequence: 2 ** 40 + 5, timestamp: 1_700_000_000_000_000 },
    ...{ fragment: 1, fragments: 30 },
  });
  const bytes = new Uint8Array(length + 40);
  return bytes.subarray(0, encodeHeader(header, length, bytes, 0) + length);
}

function onPath(payload: Uint8Array): Uint8Array {
  const hop = (consIngress: number, consEgress: number): HopField => ({
    ...{ hasIngressAlert: false, hasEgressAlert: true, expTime: 63, consIngress, consEgress },
    mac: Uint8Array.of(1, 2, 3, 4, 5, 6),
  });
  const info = { isPeering: false, isConsDir: true, segmentId: 0xbeef, timestamp: 1 };
  return encodeUdpPacket(
    {
      ...{ trafficClass: 0xb8, flowId: 0x12345, target: requireIsdAs('2-ff00:0:211') },
      ...{ source: requireIsdAs('1-64512'), targetHost: requireHostAddress('10.0.0.2') },
      sourceHost: requireHostAddress('2001:db8::1'),
      path: {
        ...{ kind: 'scion', currentInfo: 0, currentHop: 1, segmentLengths: [2, 1, 0] },
        infos: [info, { ...info, isConsDir: false }],
        hops: [hop(0, 3), hop(4, 0), hop(7, 8)],
      },
    },
    { sourcePort: 30_001, targetPort: 30_041, payload },
  );
}

function pings(): Uint8Array {
  const bytes = new Uint8Array(30);
  encodePing({ kind: 'reply', identifier: 0xfedcba98 }, bytes, 0);
  return bytes;
}

function onion(): Uint8Array {
  const codec = new FrameCodec(geometry);
  const bytes = new Uint8Array(codec.length);
  codec.encodePacket(bytes, new Uint8Array(geometry.packetLength).fill(7));
  return bytes;
}

/** A packet of the layout above, from bytes that repeat. */
function own(kind: number, rest: number): Uint8Array {
  return Uint8Array.from({ length: 60 }, (_, at) => [0xc9, kind][at] ?? (rest * at) & 0xff);
}

/** Packets, what is left of them, and what a few wrong bytes make of them; always the same. */
function variants(packets: readonly Uint8Array[]): readonly Uint8Array[] {
  let state = 1;
  const draw = (below: number): number => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
  return packets.flatMap((packet) => [
    packet,
    ...Array.from({ length: 40 }, () => packet.slice(0, 1 + draw(packet.length - 1))),
    ...Array.from({ length: 60 }, () => {
      const changed = packet.slice();
      for (let time = 0; time < 3; time += 1) changed[draw(changed.length)] = draw(256);
      return changed;
    }),
  ]);
}

function captured(name: string, packets: readonly Uint8Array[]): string {
  const end = (address: string): IpEndpoint => ({
    address: parseIpAddress(address),
    port: 50_001,
  });
  const path = join(folder, `${name}.pcapng`);
  const blocks = packets.map((packet, timeNs) =>
    encodePacketBlock({
      ...{ interfaceId: 0, timeNs, direction: 'outbound' },
      bytes: synthesiseIpPacket(end('127.0.0.1'), end('127.0.0.2'), packet),
    }),
  );
  writeFileSync(
    path,
    Buffer.concat([encodeSectionHeader('orrery'), encodeInterfaceDescription('a->b'), ...blocks]),
  );
  return path;
}

interface Shown {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

const NAMED: Readonly<Record<string, string>> = {
  quot: '"',
  gt: '>',
  lt: '<',
  amp: '&',
  apos: "'",
};

/** Filter names of bits, which have items of their own in Wireshark. */
function bitsOf(protocols: readonly DissectedProtocol[]): ReadonlySet<string> {
  return new Set(
    protocols.flatMap(({ name, layout }) =>
      layout.layers
        .flatMap(({ fields }) => fields.flatMap(({ bits = [] }) => bits))
        .map((bit) => `orrery.${name}.${bit.name.toLowerCase().replaceAll(' ', '_')}`),
    ),
  );
}

/** What tshark shows of each packet, but for some filter names. */
function shownBy(
  script: string,
  capture: string,
  without: ReadonlySet<string>,
): readonly (readonly Shown[])[] {
  const args = ['-X', `lua_script:${script}`, '-r', capture, '-T', 'pdml'];
  const { stdout, stderr } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(stderr.split('\n').filter((line) => /lua|error/i.test(line))).toEqual([]);
  expect(stdout).not.toContain('_ws.lua.error');
  const FIELD = /<field name="(orrery\.[^"]*)" showname="([^"]*)" size="(\d+)" pos="(\d+)"/g;
  return stdout
    .split('<packet>')
    .slice(1)
    .map((packet) =>
      [...packet.matchAll(FIELD)]
        .filter(([, filter = '']) => !without.has(filter))
        .map(([, , showname = '', size, pos]) => ({
          ...{ at: Number(pos) - FRONT, length: Number(size) },
          text: showname.replace(/&(\w+);/g, (_, name: string) => NAMED[name] ?? ''),
        })),
    );
}

/** What the packet panel shows of a packet. */
function shownHere(packet: Uint8Array, names: readonly string[]): readonly Shown[] {
  const layouts = pick(...names);
  const readers = new Map(layouts.map(([name, layout]) => [name, makePacketReader(layout)]));
  const roots = names.filter((name) => name !== 'sphinx');
  const layers = readPacketLayers(packet, { protocols: new Set(roots), states: STATES }, readers);
  return layers.flatMap(({ fields }) =>
    fields.map(({ name, value, offset, length }) => ({
      ...{ at: offset, length },
      text: value === '' ? name : `${name}: ${value}`,
    })),
  );
}

const CASES: readonly (readonly [readonly string[], readonly Uint8Array[]])[] = [
  [['ping'], [pings()]],
  [
    ['gateway', 'scion'],
    [onPath(frame(FRAME_TYPE.data, 90)), frame(FRAME_TYPE.handshake, 48)],
  ],
  [['datagram', 'gateway'], [frame(FRAME_TYPE.probe, 20)]],
  [
    ['mixnet', 'sphinx'],
    [onion(), Uint8Array.from({ length: 99 }, (_, at) => (at === 0 ? 0x11 : at))],
  ],
  [['own'], [own(1, 1), own(2, 7), own(3, 93), own(1, 255)]],
];

describe(`a dissector${WITHOUT}`, () => {
  it.skipIf(!hasTshark).each(CASES)('shows %j as the packet panel does', (names, packets) => {
    const script = join(folder, `${names.join('-')}.lua`);
    const protocols = pick(...names).map(([name, layout]) => ({ name, layout }));
    writeFileSync(script, luaDissector(protocols, [{ first: 50_000, last: 50_099 }]));
    const all = variants(packets);
    const theirs = shownBy(script, captured(names.join('-'), all), bitsOf(protocols));
    const ours = all.map((packet) => shownHere(packet, names));
    expect(theirs.length).toBe(all.length);
    expect(ours[0]?.length).toBeGreaterThan(0);
    expect(theirs).toEqual(ours);
  });

  it.skipIf(!hasTshark)('reads a capture of a run, for values that filters can name', () => {
    const run = (...args: readonly string[]): string => {
      const made = spawnSync(process.execPath, [COMMAND_LINE, ...args], {
        ...{ cwd: ROOT, encoding: 'utf8' },
      });
      expect(made.stderr).toBe('');
      return made.stdout;
    };
    const out = join(folder, 'run');
    run('scenario', 'hello.yaml', '--set', 'duration=2s', '--pcap', '--quiet', '--out', out);
    const script = join(folder, 'ping.lua');
    writeFileSync(script, run('dissect', 'ping'));
    const capture = join(out, 'hello', 'latest', 'trace.pcapng');
    const asked = ['orrery.ping.kind', 'orrery.ping.identifier', 'udp.payload'];
    const { stdout } = spawnSync(
      'tshark',
      [
        ...['-X', `lua_script:${script}`, '-r', capture, '-T', 'fields'],
        ...asked.flatMap((name) => ['-e', name]),
        ...['-Y', 'orrery.ping.kind == 2'],
      ],
      { encoding: 'utf8' },
    );
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.length).toBeGreaterThan(10);
    for (const [kind, identifier, payload = ''] of rows) {
      const bytes = Buffer.from(payload, 'hex');
      expect([kind, identifier]).toEqual([String(bytes[1]), String(bytes.readUInt32BE(4))]);
    }
  });
});

describe('orrery dissect', () => {
  it.each([
    [['nothing'], 'there is no protocol nothing'],
    [['bulk'], 'bulk does not say its layout'],
    [['sphinx'], 'the lengths of sphinx follow from options of a run'],
    [['ping', '--port', '9-5'], '--port: "9-5" is neither a port nor a range'],
    [['ping', '--out', 'nowhere/ping.lua'], '--out: nowhere/ping.lua: '],
    [['ping', '--run', 'nowhere'], '--run: nowhere has no trace.orr'],
  ])('refuses %j and says why', async (args, words) => {
    const { status, stderr } = await orreryHere(ROOT, ['dissect', ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
  });
});
