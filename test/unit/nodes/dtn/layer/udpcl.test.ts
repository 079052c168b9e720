import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../../nodes/_kit/bytes.ts';
import { UdpclReader, udpclDatagrams } from '../../../../../nodes/dtn/layer/udpcl.ts';

const S = 1_000_000_000;
/** The port from which the neighbour sends on the link, and two others of its address. */
const OWN = 1;
const OTHER = 2;
const THIRD = 3;
const MIB = 2 ** 20;

function bundleOf(length: number): Uint8Array {
  const bundle = new Uint8Array(length);
  bundle[0] = 0x9f;
  return bundle;
}

class Receiver {
  readonly bundles: Uint8Array[] = [];
  readonly drops: string[] = [];
  readonly reader = new UdpclReader(OWN, {
    onBundle: (bundle): number => this.bundles.push(bundle),
    onDrop: (reason): number => this.drops.push(reason),
  });

  take(sender: number, datagram: Uint8Array, now = 0): void {
    this.reader.read(now, datagram, { offset: 0, length: datagram.length, sender });
  }
}

/** { 2: [transfer, 2^24, 0, h'00'] }: a byte that claims to be one of 16 MiB. */
function claim(transfer: number): Uint8Array {
  const number = `${transfer < 24 ? '' : '18'}${transfer.toString(16).padStart(2, '0')}`;
  return fromHex(`a10284${number}1a01000000004100`);
}

describe('a piece of 12 bytes that claims 16 MiB', () => {
  it.each([
    ['the port of the link', OWN],
    ['another port', OTHER],
  ])('from %s keeps no other transfer out', (_, sender) => {
    const receiver = new Receiver();
    receiver.take(sender, claim(1));
    for (const port of [OWN, OTHER, THIRD]) {
      for (const datagram of udpclDatagrams(bundleOf(5_000), 1_200, 7)) {
        receiver.take(port, datagram);
      }
    }
    expect(receiver.bundles.map(({ length }) => length)).toEqual([5_000, 5_000, 5_000]);
    expect(receiver.drops).toEqual([]);
  });

  it('is dropped by name after 30 s, not earlier', () => {
    const { reader, drops, ...receiver } = new Receiver();
    expect(reader.nextAt()).toBe(Number.POSITIVE_INFINITY);
    reader.read(S, claim(1), { offset: 0, length: claim(1).length, sender: OWN });
    expect(reader.nextAt()).toBe(31 * S);
    reader.expire(31 * S - 1);
    expect(drops).toEqual([]);
    reader.expire(31 * S);
    expect([drops, reader.nextAt()]).toEqual([['transfer-expired'], Number.POSITIVE_INFINITY]);
    expect(receiver.bundles).toEqual([]);
  });
});

describe('a port that begins transfers without end', () => {
  /** A transfer of two pieces, of which the second comes when 200 others have begun at `port`. */
  function outcome(own: number, port: number): Receiver {
    const receiver = new Receiver();
    const [first, second] = udpclDatagrams(bundleOf(2_000), 1_200, 0);
    receiver.take(own, first!);
    for (let count = 0; count < 200; count += 1) receiver.take(port, claim(24 + count));
    receiver.take(own, second!);
    return receiver;
  }

  it.each([
    [OWN, OTHER],
    [OTHER, OWN],
    [OTHER, THIRD],
  ])('loses its own, each with a reason: that of port %i arrives beside port %i', (own, port) => {
    const { bundles, drops } = outcome(own, port);
    expect(bundles).toHaveLength(1);
    const kept = own === OWN || port === OWN ? 64 : 63;
    expect(drops).toEqual(new Array(200 - kept).fill('transfers-full'));
  });

  it('loses its oldest first, which has stood still longest', () => {
    const { bundles, drops } = outcome(OWN, OWN);
    expect(bundles).toEqual([]);
    // The second piece began its transfer anew.
    expect(drops).toHaveLength(202 - 64);
  });
});

describe('the bytes that have arrived', () => {
  it('are two bundles of 16 MiB at most: the port that holds most gives way', () => {
    const receiver = new Receiver();
    const [first, second] = udpclDatagrams(bundleOf(2_000), 1_200, 0);
    receiver.take(THIRD, first!);
    // More transfers than the other port has, and fewer bytes.
    for (let transfer = 24; transfer < 34; transfer += 1) receiver.take(THIRD, claim(transfer));
    const parts = udpclDatagrams(bundleOf(16 * MIB), MIB, 0).slice(1);
    for (let transfer = 1; transfer <= 3; transfer += 1) {
      for (const part of parts) {
        // Map, key, array, and then the number.
        part[3] = transfer;
        receiver.take(OTHER, part);
      }
    }
    receiver.take(THIRD, second!);
    expect(receiver.bundles).toHaveLength(1);
    expect(receiver.drops).toEqual(['transfers-full']);
  });
});
