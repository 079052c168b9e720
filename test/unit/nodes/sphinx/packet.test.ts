/** Packets that a sender is not allowed to make, and the plaintext of packets. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { RoutingCommand } from '../../../../nodes/sphinx/commands.ts';
import {
  createPacket,
  decodeForwardPlaintext,
  encodeForwardPlaintext,
  type PathHop,
  x25519Kem,
  x25519Nike,
} from '../../../../nodes/sphinx/index.ts';
import { accepted, labelledSource, TestNetwork } from './network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const networks = [
  ['NIKE', new TestNetwork(crypto, x25519Nike(crypto), true)],
  ['KEM', new TestNetwork(crypto, x25519Kem(crypto), true)],
] as const;
const delay: RoutingCommand = { kind: 'nodeDelay', delayMs: 1 };

describe.each(networks)('createPacket by X25519 %s', (_, network) => {
  const create = (path: readonly PathHop[], payload = network.payload()): object => {
    const random = labelledSource(crypto, 'refusal');
    return createPacket(network.suite, { path, random }, payload);
  };
  const [first, ...others] = network.path(3) as [PathHop, PathHop, PathHop];
  const withFirst = (change: Partial<PathHop>): readonly PathHop[] => [
    { ...first, ...change },
    ...others,
  ];

  it('makes a packet of the length of the geometry for the first hop', () => {
    const made = create([first, ...others]);
    expect(made).toMatchObject({ firstHop: first.id });
    const { packet } = made as { packet: Uint8Array };
    expect(packet).toHaveLength(network.suite.geometry.packetLength);
  });

  it('refuses an empty path and one longer than the header', () => {
    expect(create([])).toEqual({ refusal: 'path-length' });
    const six = [...network.path(5), ...network.path(1)];
    expect(create(six)).toEqual({ refusal: 'path-length' });
  });

  it('refuses identifiers and keys of another length', () => {
    expect(create(withFirst({ id: new Uint8Array(31) }))).toEqual({ refusal: 'node-id-length' });
    const publicKey = new Uint8Array(33).fill(9);
    expect(create(withFirst({ publicKey }))).toEqual({ refusal: 'key-length' });
  });

  it('refuses a next-node command of the caller', () => {
    const next: RoutingCommand = { kind: 'nextNode', id: first.id, mac: new Uint8Array(32) };
    expect(create(withFirst({ commands: [next] }))).toEqual({ refusal: 'next-node-given' });
  });

  it('refuses commands that leave no room for the next node, or for themselves', () => {
    // A slot has 82 bytes for commands; the next node takes 65 of them, and each delay 5.
    const fits = Array.from({ length: 3 }, () => delay);
    expect(create(withFirst({ commands: fits }))).not.toHaveProperty('refusal');
    const tooMany = withFirst({ commands: [...fits, delay] });
    expect(create(tooMany)).toEqual({ refusal: 'commands-length' });
    const last = (count: number): readonly PathHop[] => [
      { ...first, commands: Array.from({ length: count }, () => delay) },
    ];
    expect(create(last(16))).not.toHaveProperty('refusal');
    expect(create(last(17))).toEqual({ refusal: 'commands-length' });
  });

  it('refuses a payload of another length', () => {
    const short = network.payload().subarray(1);
    expect(create(network.path(2), short)).toEqual({ refusal: 'payload-length' });
  });

  it('gives packets of all path lengths one length, and random bytes to unused slots', () => {
    const { geometry } = network.suite;
    for (const hops of [1, 2, 3, 4, 5]) {
      expect(network.packet(hops, network.payload())).toHaveLength(geometry.packetLength);
    }
    const draws: number[] = [];
    const random = (length: number): Uint8Array => {
      draws.push(length);
      return new Uint8Array(length).fill(draws.length);
    };
    accepted(createPacket(network.suite, { path: network.path(2), random }, network.payload()));
    expect(draws.at(-1)).toBe(3 * geometry.perHopRoutingInfoLength);
  });
});

describe('forward payloads', () => {
  const [, network] = networks[0];
  const { geometry } = network.suite;
  const surb = new Uint8Array(geometry.surbLength).fill(4);
  const data = new Uint8Array(geometry.userForwardPayloadLength).fill(5);

  it('have one length with and without a SURB', () => {
    const both = accepted(encodeForwardPlaintext(geometry, { surb, data }));
    const plain = accepted(encodeForwardPlaintext(geometry, { data }));
    expect(both).toHaveLength(geometry.forwardPayloadLength);
    expect(plain).toHaveLength(geometry.forwardPayloadLength);
    expect(decodeForwardPlaintext(geometry, both)).toEqual({ surb, data });
    expect(decodeForwardPlaintext(geometry, plain)).toEqual({ data });
  });

  it('fill shorter data with zeros and refuse longer data', () => {
    const short = accepted(encodeForwardPlaintext(geometry, { data: data.subarray(0, 3) }));
    const filled = new Uint8Array(geometry.userForwardPayloadLength);
    filled.fill(5, 0, 3);
    expect(decodeForwardPlaintext(geometry, short)).toEqual({ data: filled });
    const long = new Uint8Array(data.length + 1);
    expect(encodeForwardPlaintext(geometry, { data: long })).toEqual({ drop: 'payload-format' });
  });

  it('refuse a SURB of another length, or where there is no room for one', () => {
    const cut = surb.subarray(1);
    expect(encodeForwardPlaintext(geometry, { surb: cut, data })).toEqual({ drop: 'surb-length' });
    const small = new TestNetwork(crypto, x25519Nike(crypto)).suite.geometry;
    expect(encodeForwardPlaintext(small, { surb, data })).toEqual({ drop: 'payload-format' });
  });

  it('are accepted in their one form only', () => {
    const plain = accepted(encodeForwardPlaintext(geometry, { data }));
    for (const [offset, byte] of [
      [0, 2],
      [1, 1],
      [2, 1],
      [1 + geometry.surbLength, 1],
    ] as const) {
      const changed = plain.slice();
      changed[offset] = byte;
      expect(decodeForwardPlaintext(geometry, changed)).toEqual({ drop: 'payload-format' });
    }
    expect(decodeForwardPlaintext(geometry, plain.subarray(1))).toEqual({ drop: 'payload-format' });
  });
});
