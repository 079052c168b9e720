/**
 * The nineteen negative cases of Sphinx as properties, each with its drop reason
 * (nodes/sphinx/README.md). If the header is dropped, the packet is unchanged, and nothing throws.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { concatBytes, fromHex } from '../../nodes/_kit/bytes.ts';
import { encodeCommands, type RoutingCommand } from '../../nodes/sphinx/commands.ts';
import {
  createReply,
  createSphinxFormat,
  createSurb,
  type NodePrivateKey,
  openReply,
  PendingSurbKeys,
  receivePacket,
  SPHINX_DROP_REASONS,
  x25519Kem,
  x25519Nike,
} from '../../nodes/sphinx/index.ts';
import {
  accepted,
  DELAY_MS_MAX,
  epochKey,
  labelledBytes,
  labelledSource,
  TestNetwork,
} from '../unit/nodes/sphinx/network.ts';
import { providers } from '../unit/nodes/sphinx/support.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const network = new TestNetwork(crypto, x25519Nike(crypto));
const { geometry } = network.suite;
const base = network.packet(3, network.payload());
const runs = { numRuns: 60 };

function flipped(packet: Uint8Array, bit: number): Uint8Array {
  const changed = packet.slice();
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
}

/** Expects that node 0 drops the packet for that reason and leaves it unchanged. */
function expectDrop(packet: Uint8Array, reason: keyof typeof SPHINX_DROP_REASONS): void {
  const before = packet.slice();
  expect(network.receive(0, packet)).toEqual({ drop: reason });
  expect(packet).toEqual(before);
}

function expectSlot(
  commands: Uint8Array | readonly RoutingCommand[],
  reason: 'bad-command' | 'bad-command-set',
): void {
  const bytes = commands instanceof Uint8Array ? commands : encodeCommands(commands);
  expectDrop(network.crafted(bytes), reason);
}

const recipient: RoutingCommand = { kind: 'recipient', id: new Uint8Array(32).fill(7) };
const surbReply: RoutingCommand = { kind: 'surbReply', id: new Uint8Array(16).fill(9) };
const delay: RoutingCommand = { kind: 'nodeDelay', delayMs: 5 };
const nextNode: RoutingCommand = {
  kind: 'nextNode',
  id: new Uint8Array(32).fill(1),
  mac: new Uint8Array(32).fill(2),
};

const hopsAndBit = fc
  .record({ hops: fc.integer({ min: 1, max: 5 }), at: fc.nat(), bit: fc.nat() })
  .map(({ hops, at, bit }) => ({
    hops,
    at: at % hops,
    bit: 8 * geometry.headerLength + (bit % (8 * (geometry.packetLength - geometry.headerLength))),
  }));

describe('Sphinx drops', () => {
  it('1: each of the 16 version bits as unknown-version, before any key is touched', () => {
    const key: NodePrivateKey = {
      publicKey: network.nodes[0]!.key.publicKey,
      secretOf: () => expect.fail('the key was touched'),
      wipe: () => undefined,
    };
    for (let bit = 0; bit < 16; bit++) {
      const rules = { ...network.nodes[0]!.rules, keys: [epochKey(key)] };
      const received = receivePacket(network.suite, rules, flipped(base, bit));
      expect(received).toEqual({ drop: 'unknown-version' });
    }
  });

  it('2: every other one of the 3,808 header bits as mac-mismatch', () => {
    expect(8 * geometry.headerLength).toBe(3808);
    for (let bit = 16; bit < 8 * geometry.headerLength; bit++) {
      const changed = flipped(base, bit);
      expect(network.receive(0, changed)).toEqual({ drop: 'mac-mismatch' });
    }
    expectDrop(flipped(base, 8 * 33 + 7), 'mac-mismatch');
  });

  it('4: a payload bit flipped before any hop only at the last hop, as payload-tag', () => {
    fc.assert(
      fc.property(hopsAndBit, ({ hops, at, bit }) => {
        const packet = network.packet(hops, network.payload());
        network.forward(packet, 0, at);
        const changed = flipped(packet, bit);
        network.forward(changed, at, hops - 1);
        expect(network.arrive(changed, hops)).toEqual({ drop: 'payload-tag' });
      }),
      runs,
    );
  });

  it('5: a payload bit flipped on a reply only at the client, as surb-tag', () => {
    fc.assert(
      fc.property(hopsAndBit, ({ hops, at, bit }) => {
        const random = labelledSource(crypto, 'reply');
        const input = { path: network.path(hops, [surbReply]), random };
        const { surb, keys } = accepted(createSurb(network.suite, input));
        const reply = accepted(createReply(network.suite, surb, network.payload()));
        network.forward(reply.packet, 0, at);
        const changed = flipped(reply.packet, bit);
        network.forward(changed, at, hops - 1);
        const arrived = accepted(network.arrive(changed, hops));
        expect(arrived.kind).toBe('surbReply');
        const { payload } = arrived as { payload: Uint8Array };
        expect(openReply(network.suite, payload, keys)).toEqual({ drop: 'surb-tag' });
      }),
      runs,
    );
  });

  it('6 and 7: the same header a second time as replay, whatever the payload', () => {
    const node = network.nodes[0]!;
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (bit, isRestarted) => {
        const tags = new Set<string>();
        const rules = { ...node.rules, keys: [epochKey(node.key, tags)] };
        expect(receivePacket(network.suite, rules, base.slice())).not.toHaveProperty('drop');
        // The node stores its tags, so with them it also rejects the packet after a restart.
        const later = isRestarted ? { ...rules, keys: [epochKey(node.key, tags)] } : rules;
        const payloadBits = 8 * (base.length - geometry.headerLength);
        const other = flipped(base, 8 * geometry.headerLength + (bit % payloadBits));
        for (const packet of [base.slice(), other]) {
          const before = packet.slice();
          expect(receivePacket(network.suite, later, packet)).toEqual({ drop: 'replay' });
          expect(packet).toEqual(before);
        }
      }),
      runs,
    );
  });

  it('6: a tag is not entered for a packet whose MAC fails', () => {
    const node = network.nodes[0]!;
    const rules = { ...node.rules, keys: [epochKey(node.key)] };
    const forged = flipped(base, 8 * geometry.macOffset);
    expect(receivePacket(network.suite, rules, forged)).toEqual({ drop: 'mac-mismatch' });
    expect(receivePacket(network.suite, rules, base.slice())).not.toHaveProperty('drop');
  });

  it('8: a non-zero byte after null as bad-command', () => {
    const start = encodeCommands([delay, recipient]);
    const slotLength = geometry.perHopRoutingInfoLength;
    fc.assert(
      fc.property(
        fc.integer({ min: start.length + 1, max: slotLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, byte) => {
          const slot = new Uint8Array(slotLength);
          slot.set(start);
          slot[at] = byte;
          expectSlot(slot, 'bad-command');
        },
      ),
      runs,
    );
  });

  it('9: every unknown tag, and a body cut by the end of the slot, as bad-command', () => {
    const known = new Set([0x00, 0x01, 0x02, 0x03, 0x80]);
    for (let tag = 0; tag <= 0xff; tag++) {
      if (!known.has(tag)) expectSlot(Uint8Array.of(tag), 'bad-command');
    }
    const slotLength = geometry.perHopRoutingInfoLength;
    for (const command of [nextNode, recipient, surbReply, delay]) {
      const bytes = encodeCommands([command]);
      for (let cut = 1; cut < bytes.length; cut++) {
        // Adds delays in front, so that the command begins `cut` bytes before the end of the slot.
        const room = slotLength - cut;
        const filled = encodeCommands(Array.from({ length: Math.floor(room / 5) }, () => delay));
        if (filled.length !== room) continue;
        expectSlot(concatBytes(filled, bytes.subarray(0, cut)), 'bad-command');
      }
    }
  });

  it('10: two next nodes or two SURB replies as bad-command', () => {
    // Two next-node commands are longer than a slot, so the second one is cut off.
    const two = encodeCommands([nextNode, nextNode]).subarray(0, geometry.perHopRoutingInfoLength);
    expectSlot(two, 'bad-command');
    expectSlot([surbReply, surbReply, recipient], 'bad-command');
    expectSlot([recipient, surbReply, surbReply], 'bad-command');
  });

  it('11: every set of commands that is no class as bad-command-set', () => {
    const sets: readonly (readonly RoutingCommand[])[] = [
      [],
      [delay],
      [surbReply],
      [delay, surbReply],
      [delay, delay, recipient],
      [recipient, recipient],
      [delay, recipient, recipient],
      [nextNode],
      [delay, delay, nextNode],
      [nextNode, surbReply],
    ];
    for (const commands of sets) expectSlot(commands, 'bad-command-set');
  });

  it('12: every shorter packet as truncated or wrong-length, a longer one as wrong-length', () => {
    for (let length = 0; length < geometry.packetLength; length++) {
      const reason = length < geometry.headerLength ? 'truncated' : 'wrong-length';
      expectDrop(base.slice(0, length), reason);
    }
    expectDrop(concatBytes(base, new Uint8Array(1)), 'wrong-length');
  });

  it('13: a packet for another node as mac-mismatch', () => {
    for (let index = 1; index < network.nodes.length; index++) {
      expect(network.receive(index, base.slice())).toEqual({ drop: 'mac-mismatch' });
    }
  });

  it('14: a packet of an expired epoch as mac-mismatch, after all keys were tried', () => {
    const node = network.nodes[0]!;
    const key = (label: string): NodePrivateKey =>
      network.suite.exchange.openKey(labelledBytes(crypto, label, 32));
    let tried = 0;
    const counted = (inner: NodePrivateKey): NodePrivateKey => ({
      ...inner,
      secretOf(element): Uint8Array | undefined {
        tried++;
        return inner.secretOf(element);
      },
    });
    const others = ['a', 'b', 'c'].map((label) => epochKey(counted(key(label))));
    const expired = { ...node.rules, keys: others };
    expect(receivePacket(network.suite, expired, base.slice())).toEqual({ drop: 'mac-mismatch' });
    expect(tried).toBe(3);
    const held = { ...node.rules, keys: [...others.slice(1), epochKey(node.key)] };
    expect(receivePacket(network.suite, held, base.slice())).not.toHaveProperty('drop');
  });

  it('15: a delay of more than three epochs as delay-impossible', () => {
    const slot = (delayMs: number): Uint8Array =>
      network.crafted(encodeCommands([{ kind: 'nodeDelay', delayMs }, nextNode]));
    expectDrop(slot(DELAY_MS_MAX + 1), 'delay-impossible');
    expectDrop(slot(0xffff_ffff), 'delay-impossible');
    expect(network.receive(0, slot(DELAY_MS_MAX))).toMatchObject({ delayMs: DELAY_MS_MAX });
  });

  it('16: a next node outside the next layer as next-hop-invalid', () => {
    const { key, rules } = network.nodes[0]!;
    const packet = base.slice();
    const closed = { ...rules, keys: [epochKey(key)], isNextHop: () => false };
    expect(receivePacket(network.suite, closed, packet)).toEqual({ drop: 'next-hop-invalid' });
    expect(packet).toEqual(base);
  });

  it('17: a random ciphertext of a key encapsulation as mac-mismatch', () => {
    const kem = new TestNetwork(crypto, x25519Kem(crypto));
    const packet = kem.packet(2, kem.payload());
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (ciphertext) => {
        fc.pre(ciphertext.slice(1, 31).some((byte) => byte !== 0 && byte !== 255));
        const changed = packet.slice();
        changed.set(ciphertext, 2);
        expect(kem.receive(0, changed)).toEqual({ drop: 'mac-mismatch' });
      }),
      runs,
    );
  });

  it('18: SURBs and keys of a wrong length, unknown and used identifiers, by their names', () => {
    const input = { path: network.path(3, [surbReply]), random: labelledSource(crypto, 'surb') };
    const { surb, keys } = accepted(createSurb(network.suite, input));
    for (let length = 0; length < surb.length; length++) {
      const reply = createReply(network.suite, surb.subarray(0, length), network.payload());
      expect(reply).toEqual({ drop: 'surb-length' });
    }
    const long = concatBytes(surb, new Uint8Array(1));
    expect(createReply(network.suite, long, network.payload())).toEqual({ drop: 'surb-length' });
    const short = network.payload().subarray(1);
    expect(createReply(network.suite, surb, short)).toEqual({ drop: 'payload-format' });
    for (const length of [0, 1, 63, 64, 65, keys.length - 1]) {
      const opened = openReply(network.suite, network.payload(), keys.slice(0, length));
      expect(opened).toEqual({ drop: 'surb-keys' });
    }
    const reply = accepted(createReply(network.suite, surb, network.payload(0x77)));
    const { surbId, payload } = network.carryReply(reply.packet, 3);
    const ring = new PendingSurbKeys(createSphinxFormat(network.suite), 4);
    expect(ring.open(surbId, payload.slice())).toEqual({ drop: 'surb-unknown' });
    ring.add(surbId, keys);
    expect(ring.open(surbId, payload.slice())).toEqual({ payload: network.payload(0x77) });
    expect(ring.open(surbId, payload.slice())).toEqual({ drop: 'surb-unknown' });
  });

  it('19: a payload whose tag has any one of its 256 bits set as payload-tag', () => {
    const slot = encodeCommands([recipient]);
    for (let bit = 0; bit < 256; bit++) {
      const packet = network.crafted(slot, flipped(new Uint8Array(32), bit));
      expect(network.receive(0, packet)).toEqual({ drop: 'payload-tag' });
    }
    expect(network.receive(0, network.crafted(slot))).not.toHaveProperty('drop');
  });
});

describe.each(providers)('Sphinx on %s', (_, ownCrypto) => {
  const LOW_ORDER = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ].map(fromHex);

  it.each([
    ['NIKE', x25519Nike(ownCrypto)],
    ['KEM', x25519Kem(ownCrypto)],
  ] as const)('3: drops each point of low order as low-order-point, X25519 %s', (__, exchange) => {
    const own = new TestNetwork(ownCrypto, exchange);
    const packet = own.packet(2, own.payload());
    for (const point of LOW_ORDER) {
      // Setting the unused top bit of the element gives another encoding of the same point.
      for (const top of [0x00, 0x80]) {
        const changed = packet.slice();
        changed.set(point, 2);
        changed[33]! |= top;
        const before = changed.slice();
        expect(own.receive(0, changed)).toEqual({ drop: 'low-order-point' });
        expect(changed).toEqual(before);
      }
    }
  });

  it.each([
    ['NIKE', x25519Nike(ownCrypto)],
    ['KEM', x25519Kem(ownCrypto)],
  ] as const)('refuses to make packets over keys of low order, X25519 %s', (__, exchange) => {
    const own = new TestNetwork(ownCrypto, exchange);
    for (const publicKey of LOW_ORDER) {
      const path = own.path(2).map((hop, index) => (index === 1 ? { ...hop, publicKey } : hop));
      const created = createSurb(own.suite, { path, random: labelledSource(ownCrypto, 'low') });
      expect(created).toEqual({ refusal: 'key-invalid' });
    }
  });
});

it('names every drop with a sentence', () => {
  for (const sentence of Object.values(SPHINX_DROP_REASONS))
    expect(sentence).toMatch(/^[A-Z].*\.$/);
});
