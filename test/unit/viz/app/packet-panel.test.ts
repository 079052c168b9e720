/**
 * A packet in the panel: fields of packets inside packets, and the onion at each step
 * (docs/spec/browser-view.md). @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { NO_REFERENCE } from '../../../../engine/measure/trace/layout.ts';
import { fields as datagram } from '../../../../nodes/datagram/viz-fields.ts';
import { FRAME_TYPE, TAG_BYTES } from '../../../../nodes/gateway/geometry.ts';
import { fields as gateway } from '../../../../nodes/gateway/viz-fields.ts';
import { encodeHeader, FrameHeader } from '../../../../nodes/gateway/wire.ts';
import { viz as mixnetViz } from '../../../../nodes/mixnet/viz.ts';
import { fields as mixnet } from '../../../../nodes/mixnet/viz-fields.ts';
import { FrameCodec } from '../../../../nodes/mixnet/wire.ts';
import { fields as ping } from '../../../../nodes/ping/viz-fields.ts';
import { encodeHeader as encodePing } from '../../../../nodes/ping/wire.ts';
import { fields as scion } from '../../../../nodes/scion/viz-fields.ts';
import { requireHostAddress } from '../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../../../nodes/scion/wire/path.ts';
import { encodeUdpPacket } from '../../../../nodes/scion/wire/udp.ts';
import {
  createKeyExchange,
  createPacketFormat,
  PACKET_FORMAT_TRACE,
  packetFormatState,
} from '../../../../nodes/sphinx/index.ts';
import { fields as sphinx } from '../../../../nodes/sphinx/viz-fields.ts';
import type { TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import { type PacketLayer, readPacketLayers } from '../../../../viz/app/pages/network/fields.ts';
import {
  captureIndexAt,
  changedByteCount,
  listOnionLayers,
} from '../../../../viz/app/pages/network/trail.ts';
import type { Capture } from '../../../../viz/format/captures.ts';

const READERS = new Map([
  ['datagram', datagram],
  ['gateway', gateway],
  ['mixnet', mixnet],
  ['ping', ping],
  ['scion', scion],
  ['sphinx', sphinx],
]);
const namesOf = (layers: readonly PacketLayer[]): readonly string[] =>
  layers.map(({ name, fields }) => `${name}: ${fields.length}`);
const fieldsOf = (layers: readonly PacketLayer[]): PacketLayer['fields'] =>
  layers.flatMap(({ fields }) => fields);

function gatewayFrame(): Uint8Array {
  const header = Object.assign(new FrameHeader(), {
    ...{ type: FRAME_TYPE.data, epoch: 1, sequence: 81_204, timestamp: 1_700_000_000_000_000 },
    ...{ fragment: 0, fragments: 1 },
  });
  const bytes = new Uint8Array(200);
  const at = encodeHeader(header, 100, bytes, 0);
  return bytes.subarray(0, at + 100);
}

describe('R-241: the layers of a packet', () => {
  it('go on into the frame that a SCION packet carries between gateways', () => {
    const frame = gatewayFrame();
    const bytes = encodeUdpPacket(
      {
        ...{ trafficClass: 0, flowId: 1, target: requireIsdAs('2-ff00:0:211'), path: EMPTY_PATH },
        ...{ source: requireIsdAs('1-ff00:0:111'), targetHost: requireHostAddress('10.0.0.2') },
        sourceHost: requireHostAddress('10.0.0.1'),
      },
      { sourcePort: 30_001, targetPort: 30_041, payload: frame },
    );
    const ends = { protocols: new Set(['gateway', 'scion']), states: new Map<string, string>() };
    const layers = readPacketLayers(bytes, ends, READERS);
    expect(namesOf(layers)).toEqual([
      'common header: 6',
      'addresses: 4',
      'UDP: 4',
      'gateway frame: 11',
    ]);
    const all = fieldsOf(layers);
    expect(all.find(({ name }) => name === 'sequence')?.value).toBe('81204');
    expect(all.at(-1)).toMatchObject({ name: 'tag', length: TAG_BYTES });
    expect((all.at(-1)?.offset ?? 0) + TAG_BYTES).toBe(bytes.length);
    // Without a gateway, no reader decodes the bytes.
    const plain = readPacketLayers(bytes, { ...ends, protocols: new Set(['scion']) }, READERS);
    expect(plain.at(-1)).toMatchObject({ name: 'payload', fields: [{ name: 'bytes' }] });
  });

  it.each(['x25519', 'mlkem768-x25519'] as const)(
    'of a Sphinx packet by %s follow from what its nodes trace',
    (name) => {
      const crypto = createCryptoProvider('node');
      const exchange = createKeyExchange(crypto, name);
      const lengths = { nrHops: 5, userForwardPayloadLength: 200, withSurb: true };
      const { geometry } = createPacketFormat({ crypto, exchange, ...lengths });
      const text = PACKET_FORMAT_TRACE.state.write(packetFormatState('sphinx', geometry));
      expect(PACKET_FORMAT_TRACE.state.read(text)?.options).toMatchObject(lengths);
      const codec = new FrameCodec(geometry);
      const bytes = new Uint8Array(codec.length);
      codec.encodePacket(bytes, new Uint8Array(geometry.packetLength).fill(7));
      const ends = {
        protocols: new Set(['mixnet']),
        states: new Map([[PACKET_FORMAT_TRACE.machine, text]]),
      };
      const layers = readPacketLayers(bytes, ends, READERS);
      expect(namesOf(layers)).toEqual(['mixnet frame: 1', 'Sphinx header: 8', 'Sphinx payload: 2']);
      const all = fieldsOf(layers);
      const gaps = all.map(({ offset }, at) => {
        const before = all[at - 1];
        return offset - (before === undefined ? 0 : before.offset + before.length);
      });
      expect(gaps.every((gap) => gap === 0)).toBe(true);
      expect(all.find(({ name: one }) => one === 'MAC')?.offset).toBe(1 + geometry.macOffset);
      expect((all.at(-1)?.offset ?? 0) + (all.at(-1)?.length ?? 0)).toBe(bytes.length);
      // Without this state, the reader cannot know where the parts of the packet begin.
      const unknown = readPacketLayers(bytes, { ...ends, states: new Map() }, READERS);
      expect(namesOf(unknown)).toEqual(['mixnet frame: 2']);
    },
  );
});

describe('a packet without seals', () => {
  const endsWith = (...protocols: readonly string[]): Parameters<typeof readPacketLayers>[1] => ({
    protocols: new Set(protocols),
    states: new Map(),
  });

  it('was bytes without names: a ping has fields', () => {
    const bytes = new Uint8Array(108);
    encodePing({ kind: 'request', identifier: 99 }, bytes, 0);
    const all = fieldsOf(readPacketLayers(bytes, endsWith('ping'), READERS));
    expect(all.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'version 1',
      'kind request',
      'zeros ',
      'identifier 99',
      'body 100 bytes, readable by anybody',
    ]);
    expect(readPacketLayers(bytes.subarray(0, 7), endsWith('ping'), READERS)).toEqual([]);
  });

  it('was bytes without names: a datagram is its message, or the packet above it', () => {
    const bytes = new Uint8Array(64).fill(255);
    const plain = readPacketLayers(bytes, endsWith('datagram'), READERS);
    expect(fieldsOf(plain)).toMatchObject([{ name: 'message', length: 64 }]);
    const frame = gatewayFrame();
    const stacked = readPacketLayers(frame, endsWith('datagram', 'gateway'), READERS);
    expect(namesOf(stacked)).toEqual(['gateway frame: 11']);
  });
});

describe('R-241: the way of a packet', () => {
  const info = {
    nodes: ['client', 'one', 'two'].map((name) => ({ name, protocol: 'mixnet', address: '' })),
    links: [0, 1].map((from) => ({ id: '', name: '', from, to: from + 1 })),
  } as unknown as TraceInfo;
  const capture = (at: number, packet: number, link: number | undefined): Capture => ({
    ...{ timeNs: 10 * at, packet, trail: 0, link, node: at, heldNs: undefined },
    // As under encryption, no byte is what it was on the link before.
    bytes: Uint8Array.of(at, at + 10, at + 20),
  });
  const peeling = new Set(['mixnet']);
  const onion = [capture(0, 7, 0), capture(1, 9, 1)];

  it('has a layer for each node that made another packet of it, and for the last one', () => {
    expect(listOnionLayers(onion, info, peeling)).toEqual([
      { node: 'one', offFrom: 1 },
      { node: 'two', offFrom: 2 },
    ]);
  });

  it('has none at nodes that send on what they received, and one where it was opened', () => {
    expect(listOnionLayers([capture(0, 7, 0), capture(1, 7, 1)], info, peeling)).toEqual([]);
    const opened = [capture(0, 7, 0), capture(1, 7, 1), capture(2, NO_REFERENCE, undefined)];
    expect(listOnionLayers(opened, info, peeling)).toEqual([{ node: 'two', offFrom: 2 }]);
  });

  it('was called an onion for a ping and its plain answer, which anybody can tell belong together', () => {
    expect(mixnetViz.peels).toBe(true);
    expect(listOnionLayers(onion, info, new Set(['other']))).toEqual([]);
    // Modelled cryptography leaves the bytes readable, so it hides nothing.
    const plain = onion.map((one) => ({ ...one, bytes: Uint8Array.of(4, 5, 6) }));
    expect(listOnionLayers(plain, info, peeling)).toEqual([]);
  });

  it('is at the cursor where it was offered last', () => {
    expect([0, 9, 10, 99].map((timeNs) => captureIndexAt(onion, timeNs))).toEqual([0, 0, 1, 1]);
  });

  it('tells how many bytes of a field are new, and nothing where there is no before', () => {
    const [first, second] = onion.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array];
    expect(changedByteCount({ offset: 0, length: 3 }, second, first)).toBe(3);
    expect(changedByteCount({ offset: 1, length: 2 }, first, first)).toBe(0);
    expect(changedByteCount({ offset: 0, length: 1 }, second, undefined)).toBeUndefined();
    expect(changedByteCount({ offset: 0, length: 1 }, second, Uint8Array.of(1))).toBeUndefined();
  });
});
