/**
 * A faulty network and forgers cannot cause anything at the clients of a mixnet that is not
 * counted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import { CLIENT_DROP_REASONS } from '../../nodes/mixnet/client/index.ts';
import {
  type ClientMessage,
  encodeMessage,
  FRAGMENT_HEADER_LENGTH,
} from '../../nodes/mixnet/client/wire.ts';
import { encodeForwardPlaintext, type PacketGeometry } from '../../nodes/sphinx/index.ts';
import { Lab, SECOND } from '../unit/nodes/mixnet/client/lab.ts';

const FUZZ_INPUTS = 100_000;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a faulty network', () => {
  it('neither loses a message unnoticed nor delivers one twice', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(1_000_000),
          loss: fc.double({ min: 0, max: 0.3, noNaN: true }),
          duplicate: fc.double({ min: 0, max: 0.5, noNaN: true }),
          mutation: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.2, noNaN: true })),
          lengths: fc.array(fc.nat(900), { minLength: 1, maxLength: 8 }),
        }),
        ({ seed, loss, duplicate, mutation, lengths }) => {
          const lab = new Lab({
            seed,
            loss,
            duplicate,
            mutate: (payload, random) => {
              if (!random.chance(mutation)) return;
              const at = random.below(payload.length);
              payload[at] = payload[at]! ^ (1 + random.below(255));
            },
            client: { queue: 24, acknowledgements: { tries: 4, slop: '100ms' } },
          });
          const { machine, settled, drops } = lab.client(1);
          let refused = 0;
          for (const [index, length] of lengths.entries()) {
            const body = encode(`${index}:`.padEnd(length, 'x'));
            if ('refusal' in lab.submit(1, 'client-2', body)) refused++;
            lab.run(lab.now + SECOND / 10);
          }
          expect(machine.invariant()).toBeUndefined();
          // At any time: sent = settled + in flight.
          const { counts } = machine;
          expect(lengths.length).toBe(refused + counts.messages.submitted);
          expect(counts.messages.submitted).toBe(settled.size + counts.messages.open);
          lab.run(lab.now + 40 * SECOND);
          // At rest: sent = acknowledged + dropped with a reason.
          const { messages } = machine.counts;
          expect(messages.open).toBe(0);
          expect(messages.submitted).toBe(messages.acknowledged + messages.abandoned);
          expect(drops.get('message-abandoned') ?? 0).toBe(messages.abandoned);
          expect(drops.get('send-queue-full') ?? 0).toBe(refused);
          const got = lab.client(2).delivered.map(({ text }) => text.split(':')[0]);
          // A provider can change contents, also the identifier by which copies are recognised; what it
          // leaves alone arrives once.
          if (mutation === 0) {
            expect(got.length).toBeLessThanOrEqual(messages.submitted);
            expect(new Set(got).size).toBe(got.length);
          }
          expect(got.length).toBeGreaterThanOrEqual(messages.acknowledged);
          for (const name of drops.keys()) expect(CLIENT_DROP_REASONS).toHaveProperty([name]);
        },
      ),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('without mutation delivers what was acknowledged, each message once and unchanged', () => {
    for (const seed of [1, 2, 3]) {
      const lab = new Lab({ seed, loss: 0.1, duplicate: 0.5 });
      const bodies = Array.from({ length: 10 }, (_, index) => `${index}:`.padEnd(90 * index, 'y'));
      for (const body of bodies) lab.submit(1, 'client-2', encode(body));
      lab.run(40 * SECOND);
      const got = lab
        .client(2)
        .delivered.map(({ text }) => text)
        .sort();
      expect(new Set(got).size).toBe(got.length);
      for (const text of got) expect(bodies).toContain(text);
      for (const [number, how] of lab.client(1).settled) {
        if (how === 'acknowledged') expect(got).toContain(bodies[number]);
      }
      expect(got.length).toBeGreaterThanOrEqual(9);
    }
  });
});

/** One valid payload of each kind. */
function wellFormed(geometry: PacketGeometry, sender: Uint8Array): readonly Uint8Array[] {
  const data = new Uint8Array(geometry.userForwardPayloadLength - FRAGMENT_HEADER_LENGTH).fill(3);
  const messageId = new Uint8Array(16).fill(2);
  const messages: ClientMessage[] = [
    { kind: 'cover' },
    { kind: 'loop', loopId: new Uint8Array(16).fill(1) },
    { kind: 'ack', messageId: new Uint8Array(16), index: 0 },
    { kind: 'fragment', messageId, index: 0, count: 2, sender, data },
  ];
  return messages.map((message) => {
    return encodeForwardPlaintext(geometry, { data: encodeMessage(message) }) as Uint8Array;
  });
}

/** Changes up to four bytes, mostly where the fields are, and truncates one payload in ten. */
function mutated(valid: Uint8Array, userLength: number, random: RandomStream): Uint8Array {
  const payload = random.chance(0.9) ? valid.slice() : valid.slice(0, random.below(900));
  const fields = valid.length - userLength;
  for (let flips = random.below(4); flips >= 0; flips--) {
    const at = random.chance(0.7) ? fields + random.below(60) : random.below(valid.length);
    // Beyond the end of a truncated payload, this has no effect.
    payload[at] = random.below(256);
  }
  return payload;
}

describe('a forger', () => {
  it(`gets a named drop for each of ${FUZZ_INPUTS} mutated messages, and no exception`, () => {
    const lab = new Lab({ clients: 2 });
    const { machine, drops, delivered } = lab.client(1);
    const random = openRandomStream(5, 'test', 'fuzz');
    const { geometry } = lab.format;
    const valid = wellFormed(geometry, lab.client(2).contact.recipientId);
    const dropped = (): number => [...drops.values()].reduce((sum, count) => sum + count, 0);
    let accepted = 0;
    for (let input = 0; input < FUZZ_INPUTS; input++) {
      const one = valid[random.below(valid.length)]!;
      const payload = mutated(one, geometry.userForwardPayloadLength, random);
      const known = dropped();
      const surbId = random.chance(0.2) ? { surbId: new Uint8Array(random.below(20)) } : {};
      lab.now = input;
      lab.retrieved(1, { ...surbId, payload });
      if (dropped() === known) accepted++;
    }
    for (const name of drops.keys()) expect(CLIENT_DROP_REASONS).toHaveProperty([name]);
    // A mutated fragment that is still well-formed is kept, up to a limit, as part of some message.
    expect(accepted).toBeLessThan(2000);
    expect(delivered.length).toBeLessThanOrEqual(accepted);
    expect(machine.invariant()).toBeUndefined();
  });

  it('cannot settle a message without the keys of its SURB', () => {
    const lab = new Lab();
    const { settled, drops } = lab.client(1);
    lab.submit(1, 'client-2', encode('bait'));
    lab.run(SECOND / 2);
    const length = lab.format.geometry.forwardPayloadLength + 32;
    for (let value = 0; value < 256; value++) {
      const surbId = new Uint8Array(16).fill(value);
      lab.retrieved(1, { surbId, payload: new Uint8Array(length) });
    }
    expect(settled.size).toBe(0);
    expect(drops.get('surb-unknown')).toBe(256);
  });
});
