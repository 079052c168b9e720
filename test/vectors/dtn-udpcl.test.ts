/**
 * Published datagrams of the UDP convergence layer, version 2 (draft-ietf-dtn-udpcl-03).
 */
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  UdpclReader,
  udpclDatagrams,
  udpclTotalDatagramBytes,
} from '../../nodes/dtn/layer/udpcl.ts';
import { vectorSets } from '../vectors-root.ts';

interface Case {
  readonly name: string;
  readonly hex: string | readonly string[];
  readonly meaning: string;
}

/** Computed independently from draft-ietf-dtn-udpcl-03. */
const FIGURES: { readonly cases: readonly Case[] } = {
  cases: [
    {
      name: 'bundle + zero padding',
      hex:
        '9f89070001820282020182028201018202820100821b000000ba43b74000011a0036ee80423ab58507020000' +
        '4100860a030001448218200042dd8086010100024d48656c6c6f2c20576f726c642144cfd3f293ff00000000' +
        '000000000000000000000000',
      meaning: 'bundle, then padding to the end',
    },
    { name: 'padding only (NAT keepalive)', hex: '00000000', meaning: 'ignore' },
    {
      name: 'DTLS handshake octet',
      hex: '16fefd0000',
      meaning: 'DTLS: drop unless security is on',
    },
    {
      name: 'sender listen 10 s with node id',
      hex: 'a203192710046769706e3a312e30',
      meaning: 'peer offers to receive for 10000 ms on this 5-tuple',
    },
  ],
};

const BUNDLES: Readonly<Record<string, number>> = {
  'single bundle datagram': 1,
  'bundle + zero padding': 1,
  'two bundles in a row': 2,
  'transfer 7: 2048 bytes in 3 pieces': 1,
};
const DROPS: Readonly<Record<string, readonly string[]>> = {
  'BPv6 first octet': ['unknown-message'],
  'DTLS handshake octet': ['unknown-message'],
};

function wholly({ length }: Uint8Array, sender = 1): Parameters<UdpclReader['read']>[2] {
  return { offset: 0, length, sender };
}

/** What reading the datagrams one after the other gives. */
function read(datagrams: readonly Uint8Array[]): {
  readonly bundles: readonly Uint8Array[];
  readonly drops: readonly string[];
} {
  const bundles: Uint8Array[] = [];
  const drops: string[] = [];
  const reader = new UdpclReader(1, {
    onBundle: (bundle): number => bundles.push(bundle),
    onDrop: (reason): number => drops.push(reason),
  });
  for (const datagram of datagrams) reader.read(0, datagram, wholly(datagram));
  return { bundles, drops };
}

describe.each(vectorSets('dtn/udpcl.json', FIGURES))('datagrams, $set', ({ file }) => {
  const { cases } = file;
  it.each(cases)('$name: $meaning', ({ name, hex }) => {
    const { bundles, drops } = read([hex].flat().map(fromHex));
    expect(bundles).toHaveLength(BUNDLES[name] ?? 0);
    expect(drops).toEqual(DROPS[name] ?? []);
  });

  const transfers = cases.filter(({ hex }) => typeof hex !== 'string');
  it.each(transfers)('$name: put together in any order', ({ hex }) => {
    const pieces = [hex].flat().map(fromHex);
    const whole = Uint8Array.from({ length: 2_048 }, (_, index) => index % 256);
    for (const order of [pieces, pieces.toReversed(), [...pieces, ...pieces.slice(0, 2)]]) {
      expect(read(order).bundles.map(toHex)).toEqual([toHex(whole)]);
    }
  });
});

describe('a bundle', () => {
  const bundle = Uint8Array.from({ length: 5_000 }, (_, index) =>
    index === 0 ? 0x9f : index % 251,
  );

  it.each([
    [5_000, 1],
    [4_999, 2],
    [1_200, 5],
    [64, 122],
  ])('in datagrams of at most %i bytes takes %i, no longer than foreseen', (limit, count) => {
    const datagrams = udpclDatagrams(bundle, limit, 7);
    expect(datagrams).toHaveLength(count);
    expect(Math.max(...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    const bytes = concatBytes(...datagrams).length;
    expect(bytes).toBeLessThanOrEqual(udpclTotalDatagramBytes(bundle.length, limit));
    expect(bytes).toBeGreaterThan(0.8 * udpclTotalDatagramBytes(bundle.length, limit));
  });

  it('that is missing a piece never comes', () => {
    const [, ...rest] = udpclDatagrams(bundle, 1_200, 7);
    expect(read(rest).bundles).toEqual([]);
  });

  it('is not mixed with another of the same number from another port of the neighbour', () => {
    const other = bundle.map((octet, index) => (index === 0 ? octet : octet ^ 0xff));
    const came: Uint8Array[] = [];
    const reader = new UdpclReader(1, {
      onBundle: (each): number => came.push(each),
      onDrop: (): void => undefined,
    });
    const [ours, theirs] = [bundle, other].map((each) => udpclDatagrams(each, 1_200, 7));
    for (const [index, datagram] of ours!.entries()) {
      reader.read(0, datagram, wholly(datagram, 1));
      reader.read(0, theirs![index]!, wholly(theirs![index]!, 2));
    }
    expect(came.map(toHex)).toEqual([bundle, other].map(toHex));
  });

  it('of 16 MiB and one byte is no transfer, nor is a piece beyond its end', () => {
    // { 2: [1, 2^24 + 1, 0, h'00'] } and { 2: [1, 3, 3, h'00'] }
    for (const hex of ['a10284011a01000001004100', 'a102840103034100']) {
      expect(read([fromHex(hex)]).drops).toEqual(['bad-transfer']);
    }
    expect(read([fromHex('a10284011a01000000004100')]).drops).toEqual([]);
  });
});
