import { describe, expect, it } from 'vitest';
import { equalBytes, fromHex, toHex } from '../../../../../nodes/_kit/bytes.ts';
import { isWireDropReason, WIRE_DROP_REASONS } from '../../../../../nodes/scion/wire/drops.ts';
import { decodeExtension, skipExtensions } from '../../../../../nodes/scion/wire/extension.ts';
import { decodeHeader, encodePacket } from '../../../../../nodes/scion/wire/header.ts';
import { formatHost } from '../../../../../nodes/scion/wire/host-address.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { reverseWirePath } from '../../../../../nodes/scion/wire/path.ts';
import { decodeScmp } from '../../../../../nodes/scion/wire/scmp.ts';
import { decodeUdp } from '../../../../../nodes/scion/wire/udp.ts';
import { draws } from '../../../../fixtures/draws.ts';
import { vectorSets } from '../../../../vectors-root.ts';
import { SAMPLES } from './corpus.ts';

const INPUTS = 100_000;
const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);

const NONE: { readonly cases: readonly { readonly hex: string }[] } = { cases: [] };
const golden = vectorSets('scion/packets.json', NONE).flatMap(({ file }) => file.cases);
const corpus = [...SAMPLES, ...golden.map(({ hex }) => fromHex(hex))];

/** Flips bits, overwrites, truncates, extends and splices, mostly in the first 150 bytes. */
function mutate(draw: (below: number) => number): Uint8Array {
  let packet = Uint8Array.from(corpus[draw(corpus.length)] as Uint8Array);
  for (let count = draw(4); count >= 0; count--) {
    const at = draw(Math.max(1, Math.min(packet.length, 150)));
    switch (draw(6)) {
      case 0:
        packet[at] = (packet[at] ?? 0) ^ (1 << draw(8));
        break;
      case 1:
        packet[at] = draw(256);
        break;
      case 2:
        packet = packet.slice(0, draw(packet.length + 1));
        break;
      case 3: {
        const longer = new Uint8Array(packet.length + draw(40)).fill(draw(256));
        longer.set(packet);
        packet = longer;
        break;
      }
      case 4:
        packet.copyWithin(at, draw(packet.length + 1));
        break;
      default:
        packet[[4, 5, 8, 9, 28, 48, 49, 50, 51][draw(9)] as number] = draw(256);
    }
  }
  return packet;
}

/** Runs every decoder on the same bytes; returns the names of the drops. */
function decodeAll(packet: Uint8Array, view: PacketView): string[] {
  const answers: unknown[] = [view.parse(packet, 0, packet.length)];
  if (answers[0] === undefined) answers.push(view.checkUpper(), view.upperChecksum());
  const decoded = decodeHeader(packet);
  answers.push(decoded);
  if (!isWireDropReason(decoded)) {
    const { header, headerLength } = decoded;
    formatHost(header.targetHost);
    formatHost(header.sourceHost);
    answers.push(reverseWirePath(header.path));
    const payload = packet.subarray(headerLength);
    const skipped = skipExtensions(payload, header.nextHeader);
    answers.push(skipped, decodeExtension(payload));
    const upper = isWireDropReason(skipped) ? payload : payload.subarray(skipped.upperOffset);
    answers.push(decodeUdp(upper), decodeScmp(upper));
    // Accepted packets are canonical except for reserved bits, so encoding and decoding them again
    // changes nothing.
    const again = encodePacket(header, payload);
    const turned = decodeHeader(again) as typeof decoded;
    if (!equalBytes(encodePacket(turned.header, payload), again)) throw new Error('not canonical');
  }
  return answers.filter(isWireDropReason);
}

describe('fuzzing the SCION codecs', () => {
  it(`R-084: survives ${INPUTS} mutated packets, each accepted or a named drop`, () => {
    const draw = draws(SEED);
    const view = new PacketView();
    const counts = new Map<string, number>();
    let accepted = 0;
    for (let input = 0; input < INPUTS; input++) {
      const packet = mutate(draw);
      let drops: readonly string[] = [];
      try {
        drops = decodeAll(packet, view);
      } catch (cause) {
        const where = `input ${input} of ORRERY_FUZZ_SEED=${SEED}: ${toHex(packet)}`;
        throw new Error(where, { cause });
      }
      if (drops.length === 0) accepted++;
      for (const drop of drops) counts.set(drop, (counts.get(drop) ?? 0) + 1);
    }
    for (const drop of counts.keys()) expect(WIRE_DROP_REASONS).toHaveProperty(drop);
    // The mutations are effective: every drop reason of the decoders occurred, and some packets
    // were accepted.
    const found = Object.keys(WIRE_DROP_REASONS).filter((drop) => drop !== 'path-end');
    expect([...counts.keys()].sort()).toEqual(found.sort());
    expect(accepted).toBeGreaterThan(INPUTS / 1000);
  });
});
