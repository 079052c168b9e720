/**
 * The differences of the Outfox-like research format from the others; there are no published
 * vectors for it.
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { RoutingCommand } from '../../../../nodes/sphinx/commands.ts';
import {
  createKeyExchange,
  createPacketFormat,
  createSuite,
  encodeForwardPlaintext,
  type PacketFormat,
  type PacketFormatOptions,
  type PathHop,
} from '../../../../nodes/sphinx/index.ts';
import { createOutfoxSuite } from '../../../../nodes/sphinx/outfox-like/suite.ts';
import { accepted, DELAY_MS_MAX, epochKey, labelledBytes, labelledSource } from './network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const HOPS = 5;
const OPTIONS = {
  crypto,
  exchange: createKeyExchange(crypto, 'x25519-kem'),
  nrHops: HOPS,
  userForwardPayloadLength: 100,
  withSurb: false,
};
const make = (format: NonNullable<PacketFormatOptions['format']>): PacketFormat =>
  createPacketFormat({ ...OPTIONS, format });
const format = make('outfox-like-research');
const { geometry } = format;
const recipient: RoutingCommand = { kind: 'recipient', id: labelledBytes(crypto, 'recipient', 32) };
const surbReply: RoutingCommand = { kind: 'surbReply', id: new Uint8Array(16) };
const nodes = Array.from({ length: HOPS }, (_, index) => ({
  id: labelledBytes(crypto, `id ${index}`, 32),
  key: format.openKey(labelledBytes(crypto, `key ${index}`, format.privateKeyLength)),
}));

function path(hops: number, more: readonly RoutingCommand[] = []): readonly PathHop[] {
  return nodes.slice(0, hops).map(({ id, key }, index) => ({
    id,
    publicKey: key.publicKey,
    commands: [
      { kind: 'nodeDelay', delayMs: 10 },
      ...more,
      ...(index === hops - 1 ? [recipient] : []),
    ],
  }));
}

function packet(hops: number, by = format): Uint8Array {
  const payload = accepted(encodeForwardPlaintext(geometry, { data: new Uint8Array(100).fill(7) }));
  const input = { path: path(hops), random: labelledSource(crypto, `packet ${hops}`) };
  return accepted(by.createPacket(input, payload)).packet;
}

function receive(index: number, bytes: Uint8Array, by = format): ReturnType<typeof by.receive> {
  const rules = {
    keys: [epochKey(nodes[index]!.key)],
    delayMsMax: DELAY_MS_MAX,
    isNextHop: (): boolean => true,
  };
  return by.receive(rules, bytes);
}

describe('Outfox-like packets', () => {
  it.each([1, 2, 3, 4, 5])('go over %i hops, all of one length', (hops) => {
    const bytes = packet(hops);
    for (let index = 0; index < hops; index++) {
      const { unwrapped } = accepted(receive(index, bytes));
      expect(unwrapped.kind).toBe(index === hops - 1 ? 'deliver' : 'forward');
      expect(bytes).toHaveLength(geometry.packetLength);
    }
  });

  it('have the lengths of the KEM modes of the first format', () => {
    expect(geometry).toEqual(make('katzenpost').geometry);
  });

  it('are dropped by name at every hop when a bit of any byte of the header is flipped', () => {
    const bytes = packet(4);
    for (let index = 0; index < 4; index++) {
      for (let at = 0; at < geometry.headerLength; at++) {
        const changed = bytes.slice();
        changed[at]! ^= 1 << (at % 8);
        const drop = at < 2 ? 'unknown-version' : 'mac-mismatch';
        expect(receive(index, changed), `hop ${index}, byte ${at}`).toEqual({ drop });
      }
      accepted(receive(index, bytes));
    }
  });

  it('open in their own format only', () => {
    const plain = make('katzenpost');
    expect(receive(0, packet(3, plain))).toEqual({ drop: 'mac-mismatch' });
    expect(receive(0, packet(3), plain)).toEqual({ drop: 'mac-mismatch' });
  });

  it('show the same slots to nobody: no byte of a header stays in its place', () => {
    const bytes = packet(3);
    const seen = bytes.slice(0, geometry.headerLength);
    accepted(receive(0, bytes));
    const same = seen.filter((byte, at) => at >= 2 && byte === bytes[at]).length;
    // By chance, one byte in 256 is the same: 3.9 of 1,000.
    expect(same).toBeLessThan(0.02 * geometry.headerLength);
  });

  it('leave a byte of each slot to the number of hops left', () => {
    const window: RoutingCommand = { kind: 'nodeWindow', firstMs: 1, spanMs: 1 };
    const input = { path: path(2, [window]), random: labelledSource(crypto, 'window') };
    const payload = new Uint8Array(geometry.forwardPayloadLength);
    expect(format.createPacket(input, payload)).not.toHaveProperty('refusal');
    const full = { path: path(2, [surbReply]), random: labelledSource(crypto, 'full') };
    expect(format.createPacket(full, payload)).toEqual({ refusal: 'commands-length' });
  });

  it('need an exchange by encapsulation', () => {
    const nike = createSuite({ ...OPTIONS, exchange: createKeyExchange(crypto, 'x25519') });
    expect(() => createOutfoxSuite(nike)).toThrow('encapsulation');
  });

  it('cost one encapsulation a hop to make and one secret to open', () => {
    let made = 0;
    const counting = {
      ...OPTIONS.exchange,
      encapsulate: (publicKey: Uint8Array, coins: Uint8Array) => {
        made += 1;
        return OPTIONS.exchange.kind === 'kem'
          ? OPTIONS.exchange.encapsulate(publicKey, coins)
          : undefined;
      },
    } as typeof OPTIONS.exchange;
    packet(
      5,
      createPacketFormat({ ...OPTIONS, exchange: counting, format: 'outfox-like-research' }),
    );
    expect(made).toBe(5);
  });
});
