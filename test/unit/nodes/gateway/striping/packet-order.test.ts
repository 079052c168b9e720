/** Packets of the strategy `striping`: their numbers, how long they wait for each other, and what is told of them. */
import { describe, expect, it } from 'vitest';
import { PACKET_BYTES_MAX } from '../../../../../nodes/gateway/geometry.ts';
import {
  DelaySpread,
  ORDER_WAIT_NS_MAX,
} from '../../../../../nodes/gateway/striping/delay-spread.ts';
import {
  PACKET_NUMBER_BYTES,
  PacketNumbers,
  readPacketNumber,
} from '../../../../../nodes/gateway/striping/packet-number.ts';
import { orderOutputOf, PacketOrder } from '../../../../../nodes/gateway/striping/packet-order.ts';

const MS = 1_000_000;
/** A calendar time of 2026, microseconds. */
const CLOCK_US = 1_770_000_000_000_000;

/** A sender and a receiver, with everything that the receiver says. */
function makeOrder(): { sent(byte: number): Uint8Array; order: PacketOrder; said: string[] } {
  const numbers = new PacketNumbers(() => CLOCK_US);
  const said: string[] = [];
  const order = new PacketOrder({
    deliver: ([byte]): void => void said.push(`${byte}`),
    held: ({ sequence }): { sequence: number } => {
      said.push(`held ${sequence}`);
      return { sequence };
    },
    deliverHeld: ([byte], last, { sequence }): void => {
      expect(sequence).toBe(last.sequence);
      said.push(`${byte} was held`);
    },
    count: (what): void => void said.push(what),
  });
  const sent = (byte: number): Uint8Array => {
    const content = numbers.numbered(Uint8Array.of(byte)).slice();
    numbers.used();
    return content;
  };
  return { sent, order, said };
}

const frame = (sequence: number): { epoch: number; sequence: number; fragment: number } => ({
  ...{ epoch: 1, sequence, fragment: 0 },
});

describe('the number of a packet', () => {
  it('begins with the clock and ascends, unless the packet did not leave', () => {
    const numbers = new PacketNumbers(() => CLOCK_US);
    const numbered = (): number | undefined => readPacketNumber(numbers.numbered(Uint8Array.of(7)));
    expect([numbered(), numbered()]).toEqual([CLOCK_US, CLOCK_US]);
    numbers.used();
    expect(numbered()).toBe(CLOCK_US + 1);
  });

  it('stands before the largest packet', () => {
    const content = new PacketNumbers(() => 1).numbered(new Uint8Array(PACKET_BYTES_MAX).fill(9));
    expect(content).toHaveLength(PACKET_NUMBER_BYTES + PACKET_BYTES_MAX);
    expect(content.at(-1)).toBe(9);
  });

  it('is below 2^53, and followed by a packet', () => {
    const most = Uint8Array.of(0, 0x1f, ...new Uint8Array(6).fill(0xff), 1);
    expect(readPacketNumber(most)).toBe(Number.MAX_SAFE_INTEGER);
    expect(readPacketNumber(most.subarray(0, 8))).toBeUndefined();
    expect(readPacketNumber(most.subarray(0, 1))).toBeUndefined();
    expect(readPacketNumber(new Uint8Array(0))).toBeUndefined();
    expect(readPacketNumber(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0, 1))).toBeUndefined();
    expect(readPacketNumber(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1))).toBeUndefined();
  });
});

describe('packets in order', () => {
  it('wait for one on a slower path, and are held in the account meanwhile', () => {
    const { sent, order, said } = makeOrder();
    const [one, two, three] = [sent(1), sent(2), sent(3)] as const;
    order.take(0, one, frame(10));
    order.expire(ORDER_WAIT_NS_MAX);
    order.take(ORDER_WAIT_NS_MAX, three, frame(12));
    expect(order.waiting).toBe(1);
    order.take(ORDER_WAIT_NS_MAX, two, frame(11));
    expect(said).toEqual(['held 10', '1 was held', 'held 12', '2', '3 was held']);
  });

  it('are handed over without a lost one, which is counted, as is one that comes too late', () => {
    const { sent, order, said } = makeOrder();
    const [one, two, three] = [sent(1), sent(2), sent(3)] as const;
    order.take(0, one, frame(10));
    order.expire(ORDER_WAIT_NS_MAX);
    order.take(ORDER_WAIT_NS_MAX, three, frame(12));
    order.expire(2 * ORDER_WAIT_NS_MAX);
    order.take(2 * ORDER_WAIT_NS_MAX, two, frame(11));
    expect(said.slice(2)).toEqual(['held 12', 'gap', '3 was held', '2', 'late']);
  });

  it('are all handed over if a peer gives two of them one number', () => {
    const { sent, order, said } = makeOrder();
    const [one, two] = [sent(1), sent(2)] as const;
    for (const content of [one, two, two]) order.take(0, content, frame(10));
    order.expire(ORDER_WAIT_NS_MAX);
    expect(said.filter((text) => text.startsWith('2'))).toEqual(['2', '2 was held']);
  });

  it('have a number, or are dropped', () => {
    const { order } = makeOrder();
    expect(order.take(0, new Uint8Array(8), frame(1))).toBe('malformed-body');
    expect(order.waiting).toBe(0);
  });
});

describe('a packet that waits for its turn', () => {
  it('is held in the account of messages until it has been delivered', () => {
    const said: string[] = [];
    const note = (text: string) => (): void => void said.push(text);
    const output = orderOutputOf(
      {
        output: { deliver: note('delivered'), drop: note('dropped') },
        account: {
          held: note('held'),
          ended: (_: unknown, how: string): void => void said.push(`ended ${how}`),
        } as never,
      },
      {
        arrived: () => ({ path: 'a' }),
        released: ({ path }) => said.push(`${path}`),
        count: note(''),
      },
    );
    const arrived = output.held(frame(3));
    output.deliverHeld(new Uint8Array(1), frame(3), arrived);
    expect(said).toEqual(['held', 'a', 'delivered', 'ended delivered']);
  });
});

describe('the wait for earlier packets', () => {
  it('is the longest until delays are known, then twice their spread and 2 ms', () => {
    const spread = new DelaySpread();
    spread.note(0, -3_000_000);
    expect(spread.waitNs).toBe(ORDER_WAIT_NS_MAX);
    // A clock that is three seconds off, and paths of 10 and 15 ms.
    for (let at = 1; at < 400; at += 1)
      spread.note(at * 20 * MS, -3_000_000 + (at % 2 ? 10_000 : 15_000));
    expect(spread.waitNs).toBe(12 * MS);
  });

  it('grows at once with a queue, to the longest at most', () => {
    const spread = new DelaySpread();
    for (let at = 0; at < 400; at += 1) spread.note(at * 20 * MS, 10_000);
    expect(spread.waitNs).toBe(2 * MS);
    spread.note(400 * 20 * MS, 20_000);
    expect(spread.waitNs).toBe(22 * MS);
    spread.note(401 * 20 * MS, 900_000);
    expect(spread.waitNs).toBe(ORDER_WAIT_NS_MAX);
  });

  it('is the longest again after five seconds without a packet', () => {
    const spread = new DelaySpread();
    for (let at = 0; at < 400; at += 1) spread.note(at * 20 * MS, 10_000);
    spread.note(400 * 20 * MS + 6_000 * MS, 10_000);
    expect(spread.waitNs).toBe(ORDER_WAIT_NS_MAX);
  });
});
