/**
 * Mutated packets through the whole router: drops with reasons, never an exception, and
 * invariants of every answer.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { concatByteList, fromHex } from '../../nodes/_kit/bytes.ts';
import { BFD_DROP_REASONS, decodeBfdControlPacket } from '../../nodes/scion/bfd/packet.ts';
import {
  EPIC_META_LENGTH,
  HEADER_LENGTH_OFFSET,
  HEADER_UNIT_BYTES,
  PATH_TYPE_EPIC,
  PATH_TYPE_OFFSET,
  PATH_TYPE_SCION,
  SCMP_ERROR_PACKET_BYTES_MAX,
} from '../../nodes/scion/geometry.ts';
import { ROUTER_DROP_REASONS } from '../../nodes/scion/router/drops.ts';
import { epicTimestamp } from '../../nodes/scion/wire/epic.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import { writeEpicPacketId } from '../../nodes/scion/wire/path.ts';
import { ROUTER_CASES } from '../unit/nodes/scion/router/router-cases.ts';
import { type RouterCase, type Sent, TestRouter } from '../unit/nodes/scion/router/test-router.ts';
import { mutate } from './mutate.ts';

const MUTATIONS = 100_000;
const SEED = 20_261_120;
/** All published cases, if they are installed. */
const { file: cases, isWhole } = ROUTER_CASES.at(-1)!;

/** Checks the invariants of every reaction of a router to any packet. */
function check(sent: Sent, packet: Uint8Array): void {
  const isGone = sent.drop !== undefined;
  if (isGone) expect(ROUTER_DROP_REASONS).toHaveProperty(sent.drop!);
  const isSent = sent.packet !== undefined || sent.bfd !== undefined;
  expect(isGone || isSent).toBe(true);
  // An answer that accompanies a drop is an SCMP packet of limited length; any other packet leaves
  // with its original length.
  if (sent.packet === undefined) return;
  if (isGone) expect(sent.packet.length).toBeLessThanOrEqual(SCMP_ERROR_PACKET_BYTES_MAX);
  const view = new PacketView();
  const drop = view.parse(sent.packet, 0, sent.packet.length);
  // A single hop field is tolerated while the current segment has the flag P, so the packet may go
  // one AS further.
  if (drop === 'path-malformed') return;
  expect(drop).toBeUndefined();
  if (isGone) expect(view.upperChecksum()).toBe(0);
  else if (view.upperProtocol !== 202) expect(sent.packet.length).toBe(packet.length);
}

/** The packet with its SCION path in an EPIC-HP path sent now; undefined if it has none. */
function withEpicHead(packet: Uint8Array): Uint8Array | undefined {
  const view = new PacketView();
  if (view.parse(packet, 0, packet.length) !== undefined) return undefined;
  if (view.pathType !== PATH_TYPE_SCION || view.headerLength > 1000) return undefined;
  const head = new Uint8Array(EPIC_META_LENGTH).fill(0x5a);
  const timestamp = epicTimestamp((cases.now - view.firstTimestamp) * 1e9) ?? 0;
  writeEpicPacketId(head, 0, { timestamp, counter: 1 });
  const { pathOffset } = view;
  const bytes = concatByteList([packet.slice(0, pathOffset), head, packet.slice(pathOffset)]);
  bytes[HEADER_LENGTH_OFFSET]! += EPIC_META_LENGTH / HEADER_UNIT_BYTES;
  bytes[PATH_TYPE_OFFSET] = PATH_TYPE_EPIC;
  return bytes;
}

describe('mutated packets', () => {
  it(`R-084: ${MUTATIONS} mutated golden packets end in a named drop or leave, seed ${SEED}`, () => {
    const random = openRandomStream(SEED, 'router', 'fuzz');
    const routers = [false, true].map((isAuthenticated) => {
      return new TestRouter(cases, { isAuthenticated, mtu: 1400 });
    });
    const published = cases.cases.map(({ arrivesOn, packet }) => ({
      arrivesOn,
      bytes: fromHex(packet),
    }));
    // The same on EPIC-HP paths, dated as the cases are: mutations change what their fields are over.
    const onEpicPaths = published.flatMap(({ arrivesOn, bytes }) => {
      const changed = withEpicHead(bytes);
      return changed === undefined ? [] : { arrivesOn, bytes: changed };
    });
    const golden = [...published, ...onEpicPaths];
    const seen = new Set<string>();
    for (let count = 0; count < MUTATIONS; count++) {
      const { arrivesOn, bytes } = golden[random.below(golden.length)]!;
      const mutated = mutate(bytes, random, { header: 28 });
      // Signing costs ten times as much as an answer, so only one packet in sixteen goes to the
      // signing router.
      const sent = routers[count % 16 === 0 ? 1 : 0]!.receive(arrivesOn, mutated);
      if (sent.drop !== undefined) seen.add(sent.drop);
      // The checks cost more than the router, so only a sample of the packets is checked.
      if (count % 8 === 0) check(sent, mutated);
    }
    // The mutations are useful only if they get beyond the parser.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'scion-truncated',
        'scion-version',
        'scion-header-length',
        'path-malformed',
        'hop-expired',
        'hop-ingress-mismatch',
        'packet-length',
        'source-ia',
        'destination-ia',
        'hop-mac',
        'epic-field',
        'epic-expired',
        ...(isWhole ? ['packet-too-big'] : []),
      ]),
    );
  });

  it('P2: a packet cut at any byte is a named drop', () => {
    const router = new TestRouter(cases);
    for (const { arrivesOn, packet } of cases.cases) {
      const whole = fromHex(packet);
      const view = new PacketView();
      view.parse(whole, 0, whole.length);
      // One case has a wrong length on purpose, and some truncation makes it correct.
      if (view.payloadLength !== view.actualPayloadLength) continue;
      for (let length = 0; length < Math.min(whole.length, 300); length++) {
        const sent = router.receive(arrivesOn, whole.slice(0, length));
        expect(sent.drop === undefined ? 'passed' : 'dropped').toBe('dropped');
      }
    }
  });

  const forwarded = cases.cases.filter(
    ({ name, expect: { action } }) => action === 'forward' && !name.includes('OneHop'),
  );
  it('P1: any flip in what the MAC covers is refused at this router', () => {
    const router = new TestRouter(cases);
    const property = fc.property(
      fc.constantFrom(...forwarded),
      fc.nat(17 * 8 - 1),
      (routerCase: RouterCase, bit) => {
        const packet = fromHex(routerCase.packet);
        const view = new PacketView();
        view.parse(packet, 0, packet.length);
        // Bytes 2–7 of the info field (SegID, timestamp), then bytes 1–11 of the hop field (all but
        // the flags).
        const byte = bit >>> 3;
        const at = byte < 6 ? view.infoOffset + 2 + byte : view.hopOffset + 1 + (byte - 6);
        packet[at]! ^= 1 << (bit & 7);
        const sent = router.receive(routerCase.arrivesOn, packet);
        expect(sent.drop).toMatch(
          /^(hop-mac|hop-expired|hop-ingress-mismatch|transit-source|egress-unknown)$/,
        );
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 2000 });
  });

  it('P6: no router answers an SCMP error with an SCMP error', () => {
    const router = new TestRouter(cases);
    let errors = 0;
    for (const { arrivesOn, expect: expected } of cases.cases) {
      if (expected.action !== 'scmp') continue;
      const reply = fromHex(expected.packet!);
      // Sends the reply into the router again: it fails a check, and no further reply is sent.
      const sent = router.receive(arrivesOn, reply);
      expect(sent.drop).toBeDefined();
      const view = new PacketView();
      view.parse(reply, 0, reply.length);
      if (reply[view.upperOffset]! >= 128) continue;
      errors++;
      expect(sent.packet).toBeUndefined();
    }
    expect(errors).toBeGreaterThan(isWhole ? 10 : 0);
  });
});

describe('mutated BFD packets', () => {
  it('R-084: 100000 random BFD packets decode or are a named drop', () => {
    const random = openRandomStream(SEED, 'router', 'bfd');
    const bytes = new Uint8Array(32);
    for (let count = 0; count < MUTATIONS; count++) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
      if (random.below(2) === 0) bytes.set([0x20, 0x40, 3, 24]);
      const decoded = decodeBfdControlPacket(bytes, 0, random.below(33));
      if (typeof decoded === 'string' && !(decoded in BFD_DROP_REASONS))
        expect(decoded).toBe('named');
    }
  });
});
