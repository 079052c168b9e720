/** The common interface of packet formats: real and modelled packets pass the same tests. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { RoutingCommand } from '../../../../nodes/sphinx/commands.ts';
import {
  type AcceptedPacket,
  createKeyExchange,
  createPacketFormat,
  decodeForwardPlaintext,
  encodeForwardPlaintext,
  type KeyExchangeOption,
  type NodePrivateKey,
  type PacketFormat,
  type PacketFormatOptions,
  type PathHop,
  PendingSurbKeys,
  packetNumberOnLink,
  SPHINX_DROP_REASONS,
} from '../../../../nodes/sphinx/index.ts';
import { accepted, DELAY_MS_MAX, epochKey, labelledBytes, labelledSource } from './network.ts';

const HOPS = 5;
const surbId = new Uint8Array(16).fill(3);
const recipient: RoutingCommand = { kind: 'recipient', id: new Uint8Array(32).fill(0xaa) };

/** Five nodes that use the same format. */
class Line {
  readonly format: PacketFormat;
  readonly nodes: readonly { readonly id: Uint8Array; readonly key: NodePrivateKey }[];
  readonly #crypto: CryptoProvider;

  constructor(
    crypto: CryptoProvider,
    exchange: KeyExchangeOption,
    format: NonNullable<PacketFormatOptions['format']> = 'katzenpost',
  ) {
    this.#crypto = crypto;
    this.format = createPacketFormat({
      crypto,
      exchange: createKeyExchange(crypto, exchange),
      nrHops: HOPS,
      userForwardPayloadLength: 500,
      withSurb: true,
      format,
    });
    this.nodes = Array.from({ length: HOPS }, (_, index) => ({
      id: labelledBytes(crypto, `id ${index}`, 32),
      key: this.format.openKey(labelledBytes(crypto, `key ${index}`, this.format.privateKeyLength)),
    }));
  }

  random(label: string): (length: number) => Uint8Array {
    return labelledSource(this.#crypto, label);
  }

  path(terminal: readonly RoutingCommand[] = []): readonly PathHop[] {
    return this.nodes.map(({ id, key }, index) => ({
      id,
      publicKey: key.publicKey,
      commands:
        index < HOPS - 1 ? [{ kind: 'nodeDelay', delayMs: 10 + index }] : [recipient, ...terminal],
    }));
  }

  payload(): Uint8Array {
    const data = labelledBytes(this.#crypto, 'data', 400);
    return accepted(encodeForwardPlaintext(this.format.geometry, { data }));
  }

  packet(label = 'packet'): Uint8Array {
    const input = { path: this.path(), random: this.random(label) };
    return accepted(this.format.createPacket(input, this.payload())).packet;
  }

  receive(index: number, packet: Uint8Array): AcceptedPacket | { readonly drop: string } {
    const rules = {
      keys: [epochKey(this.nodes[index]!.key)],
      delayMsMax: DELAY_MS_MAX,
      isNextHop: (): boolean => true,
    };
    return this.format.receive(rules, packet);
  }

  /** The result at the last node; every other node forwards the packet. */
  carry(packet: Uint8Array): AcceptedPacket | { readonly drop: string } {
    for (let index = 0; index < HOPS - 1; index++) {
      const received = accepted(this.receive(index, packet));
      expect(received.unwrapped).toMatchObject({
        kind: 'forward',
        nextNode: this.nodes[index + 1]!.id,
      });
      expect(received.delayMs).toBe(10 + index);
    }
    return this.receive(HOPS - 1, packet);
  }
}

/** Truncates the packet in a seventh of the rounds, and then changes one to three bytes. */
function mutated(packet: Uint8Array, round: number): Uint8Array {
  const changed = packet.slice(0, round % 7 === 0 ? (round * 31) % packet.length : packet.length);
  const draws = labelledBytes(node, `mutation ${round}`, 12);
  for (let flips = 0; flips <= round % 3 && changed.length > 0; flips++) {
    const place = new DataView(draws.buffer).getUint32(4 * flips) % changed.length;
    changed[place]! ^= 1 + (draws[4 * flips]! >> 1);
  }
  return changed;
}

const node = createCryptoProvider('node', { timing: 'simulation' });
const modelled = createCryptoProvider('modelled');
const lines = (['x25519', 'x25519-kem', 'mlkem768-x25519'] as const).flatMap((exchange) => [
  [`sphinx ${exchange}`, new Line(node, exchange)] as const,
  [`modelled ${exchange}`, new Line(modelled, exchange)] as const,
  ...(exchange === 'x25519'
    ? []
    : [[`outfox-like ${exchange}`, new Line(node, exchange, 'outfox-like-research')] as const]),
]);

describe.each(lines)('packets in format %s', (title, line) => {
  const { format } = line;
  const { geometry } = format;

  it('are modelled where the provider is, and have the lengths of the geometry', () => {
    expect(format.name).toBe(title.split(' ')[0]);
    expect(line.packet()).toHaveLength(geometry.packetLength);
    for (const { key } of line.nodes) expect(key.publicKey).toHaveLength(format.publicKeyLength);
  });

  it('R-185: arrive with delays and payload, under another message key on each link', () => {
    const packet = line.packet();
    const keys = new Set([packetNumberOnLink(packet)]);
    for (let index = 0; index < HOPS - 1; index++) {
      accepted(line.receive(index, packet));
      expect(packet).toHaveLength(geometry.packetLength);
      keys.add(packetNumberOnLink(packet));
    }
    expect(keys.size).toBe(HOPS);
    for (const key of keys) expect(Number.isSafeInteger(key)).toBe(true);
    const { unwrapped } = accepted(line.receive(HOPS - 1, packet));
    expect(unwrapped).toMatchObject({ kind: 'deliver', payload: line.payload() });
    expect(unwrapped.commands).toEqual([recipient]);
  });

  it('R-182: tell their maker the replay tag that each hop remembers', () => {
    const input = { path: line.path(), random: line.random('tags') };
    const created = accepted(format.createPacket(input, line.payload()));
    const seen: Uint8Array[] = [];
    for (let index = 0; index < HOPS; index++) {
      const { unwrapped } = accepted(line.receive(index, created.packet));
      seen.push(unwrapped.replayTag.slice());
    }
    expect(created.replayTags()).toEqual(seen);
    expect(new Set(seen.map((tag) => tag.join())).size).toBe(HOPS);
  });

  it('bring replies back through SURBs, once', () => {
    const path = line.path([{ kind: 'surbReply', id: surbId }]);
    const { surb, keys } = accepted(format.createSurb({ path, random: line.random('surb') }));
    expect(surb).toHaveLength(geometry.surbLength);
    expect(keys).toHaveLength(64 * (HOPS + 1));
    const data = new Uint8Array(500).fill(9);
    const payload = accepted(encodeForwardPlaintext(geometry, { data }));
    const reply = accepted(format.createReply(surb, payload));
    expect(reply.firstHop).toEqual(line.nodes[0]!.id);
    expect(reply.packet).toHaveLength(geometry.packetLength);
    const { unwrapped } = accepted(line.carry(reply.packet));
    expect(unwrapped).toMatchObject({ kind: 'surbReply', surbId });
    const ring = new PendingSurbKeys(format, 2);
    ring.add(surbId, keys);
    const back = (unwrapped as { payload: Uint8Array }).payload;
    const opened = accepted(ring.open(surbId, back.slice()));
    expect(decodeForwardPlaintext(geometry, opened.payload)).toEqual({ data });
    expect(ring.open(surbId, back)).toEqual({ drop: 'surb-unknown' });
  });

  it('changed anywhere are dropped by the reason of the real ones', () => {
    const length = geometry.packetLength;
    const { macOffset, headerLength } = geometry;
    const cases: readonly (readonly [number, string])[] = [
      [0, 'unknown-version'],
      [1, 'unknown-version'],
      [2, 'mac-mismatch'],
      [geometry.routingInfoOffset, 'mac-mismatch'],
      [macOffset - 1, 'mac-mismatch'],
      [macOffset, 'mac-mismatch'],
      [headerLength - 1, 'mac-mismatch'],
    ];
    for (const [offset, drop] of cases) {
      const packet = line.packet();
      packet[offset]! ^= 0x40;
      expect(line.receive(0, packet), `offset ${offset}`).toEqual({ drop });
    }
    for (const offset of [headerLength, headerLength + 31, headerLength + 32, length - 1]) {
      const packet = line.packet();
      packet[offset]! ^= 1;
      expect(line.carry(packet), `offset ${offset}`).toEqual({ drop: 'payload-tag' });
    }
  });

  it('changed in any way are dropped by a name of the list and never make a node throw', () => {
    const packet = line.packet();
    // Hybrid packets take a millisecond each.
    const rounds = geometry.elementLength > 1_000 ? 50 : 300;
    for (let round = 0; round < rounds; round++) {
      const received = line.receive(0, mutated(packet, round));
      if ('drop' in received) expect(SPHINX_DROP_REASONS).toHaveProperty(received.drop);
      else expect(received.unwrapped.kind).toBe('forward');
    }
  });

  it('for another node, cut, long, or seen before are dropped by name', () => {
    expect(line.receive(1, line.packet())).toEqual({ drop: 'mac-mismatch' });
    const { packetLength, headerLength } = geometry;
    expect(line.receive(0, line.packet().subarray(0, headerLength - 1))).toEqual({
      drop: 'truncated',
    });
    expect(line.receive(0, line.packet().subarray(0, packetLength - 1))).toEqual({
      drop: 'wrong-length',
    });
    const rules = {
      keys: [epochKey(line.nodes[0]!.key)],
      delayMsMax: 10,
      isNextHop: (id: Uint8Array): boolean => id[0] === line.nodes[1]!.id[0],
    };
    accepted(format.receive(rules, line.packet()));
    expect(format.receive(rules, line.packet())).toEqual({ drop: 'replay' });
    const late = format.receive({ ...rules, delayMsMax: 9 }, line.packet('late'));
    expect(late).toEqual({ drop: 'delay-impossible' });
    const lost = format.receive({ ...rules, isNextHop: () => false }, line.packet('lost'));
    expect(lost).toEqual({ drop: 'next-hop-invalid' });
  });

  it('and replies that do not fit are refused by the names of the real ones', () => {
    const random = line.random('refused');
    const short = format.createPacket({ path: line.path(), random }, new Uint8Array(3));
    expect(short).toEqual({ refusal: 'payload-length' });
    expect(format.createSurb({ path: [], random })).toEqual({ refusal: 'path-length' });
    const { surb, keys } = accepted(format.createSurb({ path: line.path(), random }));
    expect(format.createReply(surb.subarray(1), line.payload())).toEqual({ drop: 'surb-length' });
    expect(format.createReply(surb, new Uint8Array(4))).toEqual({ drop: 'payload-format' });
    expect(format.openReply(line.payload(), keys.subarray(1))).toEqual({ drop: 'surb-keys' });
    expect(format.openReply(line.payload(), keys)).toEqual({ drop: 'surb-tag' });
    for (const drop of ['surb-length', 'payload-format', 'surb-keys', 'surb-tag']) {
      expect(SPHINX_DROP_REASONS).toHaveProperty(drop);
    }
  });
});
