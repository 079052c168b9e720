/**
 * Sphinx packets with any path, payload and length arrive; no input makes a node throw.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { concatBytes } from '../../nodes/_kit/bytes.ts';
import {
  createReply,
  createSphinxFormat,
  createSurb,
  decodeForwardPlaintext,
  encodeForwardPlaintext,
  PendingSurbKeys,
  SPHINX_DROP_REASONS,
  unwrapPacket,
  x25519Kem,
  x25519Nike,
} from '../../nodes/sphinx/index.ts';
import { accepted, labelledSource, TestNetwork } from '../unit/nodes/sphinx/network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const networks = [
  ['NIKE', new TestNetwork(crypto, x25519Nike(crypto), true)],
  ['KEM', new TestNetwork(crypto, x25519Kem(crypto), true)],
] as const;
const MUTATIONS = 5000;

describe.each(networks)('Sphinx packets by X25519 %s', (_, network) => {
  const { suite } = network;
  const { geometry } = suite;
  const surbId = new Uint8Array(16).fill(3);
  const hops = fc.integer({ min: 1, max: 5 });
  const data = fc.uint8Array({ minLength: 103, maxLength: 103 });
  const label = fc.string();

  it('R-185: arrive over 1 to 5 hops, and their SURBs bring the answer back', () => {
    fc.assert(
      fc.property(hops, data, data, label, (count, question, answer, seed) => {
        const random = labelledSource(crypto, `surb ${seed}`);
        const path = network.path(count, [{ kind: 'surbReply', id: surbId }]);
        const { surb, keys } = accepted(createSurb(suite, { path, random }));
        const ring = new PendingSurbKeys(createSphinxFormat(suite), 1);
        ring.add(surbId, keys);

        const plain = { surb, data: question };
        const packet = network.packet(
          count,
          accepted(encodeForwardPlaintext(geometry, plain)),
          seed,
        );
        network.forward(packet, 0, count - 1);
        const arrived = accepted(network.arrive(packet, count));
        expect(arrived.kind).toBe('deliver');
        expect(
          decodeForwardPlaintext(geometry, (arrived as { payload: Uint8Array }).payload),
        ).toEqual(plain);

        const answered = accepted(encodeForwardPlaintext(geometry, { data: answer }));
        const reply = accepted(createReply(suite, surb, answered));
        expect(reply.packet).toHaveLength(packet.length);
        const back = network.carryReply(reply.packet, count);
        const opened = accepted(ring.open(back.surbId, back.payload));
        expect(decodeForwardPlaintext(geometry, opened.payload)).toEqual({ data: answer });
        expect(ring.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('changed in any way are dropped by name and never make a node throw', () => {
    const valid = network.packet(3, network.payload());
    const names = new Set(Object.keys(SPHINX_DROP_REASONS));
    const change = fc.record({
      at: fc.nat(2 * valid.length),
      bytes: fc.uint8Array({ maxLength: 40 }),
      cut: fc.oneof(fc.constant(valid.length), fc.nat(valid.length)),
      tail: fc.uint8Array({ maxLength: 3 }),
    });
    fc.assert(
      fc.property(change, ({ at, bytes, cut, tail }) => {
        const packet = concatBytes(valid.subarray(0, cut), tail);
        packet.set(bytes.subarray(0, Math.max(0, packet.length - at)), Math.min(at, packet.length));
        const result = network.receive(0, packet.slice());
        if ('drop' in result) expect(names.has(result.drop)).toBe(true);
        // Without the length check of a node, every length of at least a header is processed.
        const loose = unwrapPacket(suite, network.nodes[0]!.key, packet);
        if ('drop' in loose) expect(names.has(loose.drop)).toBe(true);
      }),
      { numRuns: MUTATIONS / networks.length },
    );
  });
});
