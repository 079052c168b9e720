/** Calls between control services over a channel that loses, doubles and reorders. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import {
  type RpcAnswer,
  type RpcDropReason,
  RpcEndpoint,
  type RpcWay,
} from '../../../../nodes/control-service/rpc/endpoint.ts';
import { Exchange } from '../../../../nodes/control-service/rpc/exchange.ts';
import {
  RPC_ANSWER_NS_MAX,
  RPC_CALLS_PER_AS_MAX,
  RPC_MESSAGE_BYTES_MAX,
} from '../../../../nodes/control-service/rpc/geometry.ts';
import { decodeRpcPacket, encodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';

const MS = 1_000_000;
const DELAY_NS = 10 * MS;

it('an end of a call had packets without room for a byte, and threw a RangeError', () => {
  const random = openRandomStream(1, 'test', 'short');
  for (const packetBytes of [54, 55, 56]) {
    const exchange = new Exchange({ callId: 1, isAnswer: false, random, packetBytes });
    exchange.setMessage(new Uint8Array(20));
    expect(exchange.next(0)?.fragment?.count).toBe(20);
  }
});

interface Channel {
  readonly seed: number;
  /** Chance that a packet is lost. */
  readonly loss?: number;
  readonly double?: number;
  /** Longest additional delay, ns. */
  readonly jitterNs?: number;
  readonly answerOf?: (message: Uint8Array) => Uint8Array;
}

/** Two control services, of 1-1 and 1-2, and the channel between them. */
class Pair {
  now = 0;
  readonly handled: Uint8Array[] = [];
  readonly drops: RpcDropReason[] = [];
  packets = 0;
  readonly #queue: { at: number; to: number; bytes: Uint8Array }[] = [];
  readonly #random;
  readonly #channel: Channel;
  readonly ends: readonly RpcEndpoint<RpcWay>[];

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#random = openRandomStream(channel.seed, 'test', 'channel');
    this.ends = [0, 1].map(
      (own) =>
        new RpcEndpoint<RpcWay>(openRandomStream(channel.seed, 'test', `end-${own}`), {
          send: (_, bytes) => this.#send(1 - own, bytes),
          handle: (_, message, answer) => {
            this.handled.push(message.slice());
            answer(channel.answerOf?.(message) ?? message);
          },
        }),
    );
  }

  call(message: Uint8Array, deadlineNs = 5_000 * MS, suspected?: () => void): RpcAnswer[] {
    const answers: RpcAnswer[] = [];
    const way = { isdAs: '1-2', packetBytes: 1_200 };
    const done = (answer: RpcAnswer): void => void answers.push(answer);
    const call = { way, message, deadlineNs: this.now + deadlineNs, done, suspected };
    this.ends[0]?.call(this.now, call);
    return answers;
  }

  run(untilNs: number): void {
    for (let at = this.#nextAt(); at <= untilNs; at = this.#nextAt()) {
      this.now = Math.max(this.now, at);
      const due = this.#queue.findIndex((one) => one.at <= this.now);
      const [packet] = due < 0 ? [] : this.#queue.splice(due, 1);
      if (packet === undefined) for (const end of this.ends) end.due(this.now);
      else this.#arrive(packet.to, packet.bytes);
    }
    this.now = untilNs;
  }

  #nextAt(): number {
    return Math.min(...this.ends.map((end) => end.nextAt()), ...this.#queue.map(({ at }) => at));
  }

  #arrive(to: number, bytes: Uint8Array): void {
    const way = { isdAs: to === 0 ? '1-2' : '1-1', packetBytes: 1_200 };
    const drop = this.ends[to]?.receive(this.now, way, bytes);
    if (drop !== undefined) this.drops.push(drop);
  }

  #send(to: number, bytes: Uint8Array): void {
    const { loss = 0, double = 0, jitterNs = 0 } = this.#channel;
    this.packets += 1;
    for (let copy = this.#random.chance(double) ? 2 : 1; copy > 0; copy -= 1) {
      if (this.#random.chance(loss)) continue;
      const extraNs = jitterNs === 0 ? 0 : this.#random.below(jitterNs);
      this.#queue.push({ at: this.now + DELAY_NS + extraNs, to, bytes });
    }
  }
}

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 8));

describe('a call between control services', () => {
  it('of one packet takes three, and nothing is left open', () => {
    const pair = new Pair({ seed: 1, answerOf: () => Uint8Array.of(9) });
    const answers = pair.call(bytesOf(900));
    pair.run(100 * MS);
    expect([answers, pair.packets, pair.drops]).toEqual([[Uint8Array.of(9)], 3, []]);
    expect(pair.ends.map(({ open }) => open.made + open.answered)).toEqual([0, 0]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'carries 50 kB each way once over a channel that loses, doubles and reorders (seed %i)',
    (seed) => {
      const pair = new Pair({ seed, loss: 0.2, double: 0.2, jitterNs: 30 * MS });
      const message = bytesOf(50_000);
      const answers = pair.call(message, 60_000 * MS);
      pair.run(80_000 * MS);
      expect(answers).toEqual([message]);
      expect(pair.handled).toEqual([message]);
      expect(pair.ends.map(({ open }) => open.made + open.answered)).toEqual([0, 0]);
    },
  );

  it('ends at its deadline when nobody answers, and the other end forgets it', () => {
    const pair = new Pair({ seed: 1, loss: 1 });
    const answers = pair.call(bytesOf(10));
    pair.run(4_999 * MS);
    expect(answers).toEqual([]);
    pair.run(5_000 * MS);
    expect(answers).toEqual(['timeout']);
    // Waits double up to a second.
    expect(pair.packets).toBeLessThan(10);
  });

  it('was given up when its way was said to be dead: its owner is told once, and it goes on', () => {
    const pair = new Pair({ seed: 1 });
    const told: string[] = [];
    const one = pair.call(bytesOf(10), undefined, () => told.push('one'));
    const other = pair.call(bytesOf(20), undefined, () => told.push('other'));
    for (let round = 0; round < 2; round += 1) {
      let seen = 0;
      pair.ends[0]?.suspect(() => seen++ === 0);
    }
    expect(told).toEqual(['one', 'other']);
    pair.run(100 * MS);
    expect([one, other]).toEqual([[bytesOf(10)], [bytesOf(20)]]);
  });

  it('is not handled again when its packets come late', () => {
    const pair = new Pair({ seed: 1 });
    pair.call(bytesOf(10));
    pair.run(100 * MS);
    const late = {
      callId: 1,
      isAnswer: true,
      isOver: false,
      number: 0,
      room: 1_200,
      ack: undefined,
    };
    const fragment = { index: 0, count: 1, data: Uint8Array.of(1) };
    const way = { isdAs: '1-2', packetBytes: 1_200 };
    const bytes = encodeRpcPacket({ ...late, fragment });
    expect(pair.ends[0]?.receive(pair.now, way, bytes)).toBe('rpc-late');
    expect(pair.handled).toHaveLength(1);
  });

  it('is refused when one AS has too many open', () => {
    const pair = new Pair({ seed: 1 });
    const { ends } = pair;
    const open = (isdAs: string, callId: number): RpcDropReason | undefined => {
      const fragment = { index: 0, count: 2, data: Uint8Array.of(1) };
      const packet = {
        callId,
        isAnswer: false,
        isOver: false,
        number: 0,
        room: 1_200,
        ack: undefined,
        fragment,
      };
      return ends[1]?.receive(0, { isdAs, packetBytes: 1_200 }, encodeRpcPacket(packet));
    };
    for (let callId = 0; callId < RPC_CALLS_PER_AS_MAX; callId += 1)
      expect(open('1-1', callId)).toBeUndefined();
    expect(open('1-1', 9_999)).toBe('rpc-full');
    expect(open('1-3', 9_999)).toBeUndefined();
    pair.run(RPC_ANSWER_NS_MAX);
    expect(ends[1]?.open.answered).toBe(0);
    expect(open('1-1', 10_000)).toBeUndefined();
  });

  it('takes no message above the limit', () => {
    const pair = new Pair({ seed: 1 });
    const count = 1 + Math.floor(RPC_MESSAGE_BYTES_MAX / 1_000);
    const drops = Array.from({ length: count }, (_, index) => {
      const fragment = { index, count, data: new Uint8Array(1_000) };
      const packet = {
        callId: 5,
        isAnswer: false,
        isOver: false,
        number: index,
        room: 1_200,
        ack: undefined,
        fragment,
      };
      return pair.ends[1]?.receive(
        0,
        { isdAs: '1-1', packetBytes: 1_200 },
        encodeRpcPacket(packet),
      );
    });
    expect(drops.at(-1)).toBe('rpc-too-long');
    expect(pair.handled).toEqual([]);
  });
});

describe('a packet of a call', () => {
  const packet = {
    ...{ callId: 0xffff_1234_5678, isAnswer: true, isOver: false, number: 77, room: 1_200 },
    ack: {
      largest: 9,
      delayNs: 25_000,
      ranges: [
        [5, 9],
        [1, 3],
      ] as const,
    },
    fragment: { index: 2, count: 7, data: bytesOf(5) },
  };

  it('is read as it was written', () => {
    expect(decodeRpcPacket(encodeRpcPacket(packet))).toEqual(packet);
  });

  it('is refused by name when anything is cut off or out of range', () => {
    const bytes = encodeRpcPacket(packet);
    const withByte = (at: number, value: number): string => {
      const changed = bytes.slice();
      changed[at] = value;
      const read = decodeRpcPacket(changed);
      return typeof read === 'string' ? read : 'read';
    };
    expect(decodeRpcPacket(bytes.subarray(0, 17))).toBe('rpc-truncated');
    expect(decodeRpcPacket(bytes.subarray(0, 30))).toBe('rpc-truncated');
    expect(decodeRpcPacket(bytes.subarray(0, -5))).toBe('rpc-malformed');
    const seen = [
      withByte(0, 2),
      withByte(1, 16),
      withByte(1, 5),
      withByte(13, 7),
      withByte(22, 0),
      withByte(26, 12),
    ];
    expect(seen).toEqual([
      'rpc-version',
      'rpc-malformed',
      'rpc-malformed',
      'rpc-malformed',
      'rpc-malformed',
      'rpc-malformed',
    ]);
  });
});
