/** The parts of the client machine, tested separately. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { DeadlineHeap } from '../../../../../nodes/_kit/deadlines.ts';
import {
  clientConfig,
  toEventsPerMs,
  toMeanIntervalNs,
} from '../../../../../nodes/mixnet/client/index.ts';
import {
  choosePath,
  computeStopAndGoWindows,
  drawDelayMs,
  type PathDrawInput,
} from '../../../../../nodes/mixnet/client/path.ts';
import { Reassembly, splitMessage } from '../../../../../nodes/mixnet/client/reassembly.ts';
import {
  type ClientMessage,
  decodeMessage,
  encodeMessage,
  FRAGMENT_HEADER_LENGTH,
  type Fragment,
  fragmentDataBytesMax,
} from '../../../../../nodes/mixnet/client/wire.ts';
import { Lab, MS, SECOND } from './lab.ts';

const USER = 100;

function padded(message: ClientMessage): Uint8Array {
  const bytes = new Uint8Array(USER);
  bytes.set(encodeMessage(message));
  return bytes;
}

function fragment(index: number, count: number, data: Uint8Array): Fragment {
  const messageId = new Uint8Array(16).fill(7);
  return { kind: 'fragment', messageId, index, count, sender: new Uint8Array(32).fill(1), data };
}

describe('rates', () => {
  it('carry their unit: per time or as a mean', () => {
    const meanOf = (payload: unknown): unknown => clientConfig.parse({ payload }).payload;
    expect(meanOf('0.001/ms')).toBe(1000 * MS);
    expect(meanOf('5/s')).toBe(200 * MS);
    expect(meanOf({ mean: '200ms' })).toBe(200 * MS);
    expect(meanOf('0/s')).toBe(0);
  });

  it('are refused as bare numbers, with what is missing', () => {
    const found = clientConfig.safeParse({ payload: 0.001 });
    expect(found.success).toBe(false);
    expect(JSON.stringify(found.error?.issues)).toContain('0.001 has no unit');
    for (const payload of ['5', '5/day', '-1/s', '/s', { mean: 200 }, {}, null, [], '1e3/s']) {
      expect(clientConfig.safeParse({ payload }).success, JSON.stringify(payload)).toBe(false);
    }
  });

  it('go to events per millisecond and back', () => {
    expect(toEventsPerMs(200 * MS)).toBe(0.005);
    expect(toMeanIntervalNs(0.005)).toBe(200 * MS);
    expect([toEventsPerMs(0), toMeanIntervalNs(0)]).toEqual([0, 0]);
  });
});

describe('messages on the wire', () => {
  it('survive the round trip', () => {
    const room = fragmentDataBytesMax(USER);
    const messages: ClientMessage[] = [
      { kind: 'cover' },
      { kind: 'ack', messageId: new Uint8Array(16).fill(3), index: 65_534 },
      { kind: 'loop', loopId: new Uint8Array(16).fill(4) },
      fragment(0, 1, new Uint8Array(0)),
      fragment(1, 2, new Uint8Array([1, 2, 0])),
      fragment(0, 2, new Uint8Array(room).fill(9)),
    ];
    for (const message of messages) expect(decodeMessage(padded(message))).toEqual(message);
  });

  it('have one encoding: fillers are zero, and only the last fragment is short', () => {
    const room = fragmentDataBytesMax(USER);
    const dirty = (message: ClientMessage): Uint8Array => {
      const bytes = padded(message);
      bytes[USER - 1] = 1;
      return bytes;
    };
    expect(decodeMessage(dirty({ kind: 'cover' }))).toEqual({ drop: 'payload-format' });
    expect(decodeMessage(dirty({ kind: 'loop', loopId: new Uint8Array(16) }))).toEqual({
      drop: 'payload-format',
    });
    const refused = { drop: 'fragment-format' };
    expect(decodeMessage(dirty(fragment(0, 1, new Uint8Array(1))))).toEqual(refused);
    expect(decodeMessage(padded(fragment(0, 2, new Uint8Array(room - 1))))).toEqual(refused);
    expect(decodeMessage(padded(fragment(1, 2, new Uint8Array(0))))).toEqual(refused);
    expect(decodeMessage(padded(fragment(2, 2, new Uint8Array(1))))).toEqual(refused);
    expect(decodeMessage(padded(fragment(0, 0, new Uint8Array(1))))).toEqual(refused);
  });

  it('are named drops at every truncation and for every kind there is not', () => {
    const whole = encodeMessage(fragment(0, 1, new Uint8Array(5).fill(1)));
    for (let length = 0; length < whole.length; length++) {
      expect(decodeMessage(whole.subarray(0, length))).toHaveProperty('drop');
    }
    for (let kind = 4; kind < 256; kind++) {
      const bytes = new Uint8Array(USER);
      bytes[0] = kind;
      expect(decodeMessage(bytes)).toEqual({ drop: 'message-kind' });
    }
    expect(FRAGMENT_HEADER_LENGTH).toBe(57);
  });
});

describe('reassembly', () => {
  const limits = {
    timeout: 10 * SECOND,
    messages: 2,
    fragments: 64,
    remember: 100 * SECOND,
    remembered: 2,
  };

  it('gives back any message from its fragments in any order, repeated or not, once', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.nat(1000), { maxLength: 40 }),
        (body, extra) => {
          const parts = splitMessage(body, 20);
          const reassembly = new Reassembly(limits);
          const order = [...extra.map((at) => at % parts.length), ...parts.keys()].reverse();
          const whole: Uint8Array[] = [];
          for (const index of order) {
            const result = reassembly.add(0, fragment(index, parts.length, parts[index]!));
            if (result.kind === 'whole') whole.push(result.body);
            else expect(['kept', 'duplicate']).toContain(result.kind);
          }
          expect(whole).toEqual([body]);
        },
      ),
    );
  });

  it('gives up a message that stays incomplete, and starts it afresh later', () => {
    const reassembly = new Reassembly(limits);
    reassembly.add(0, fragment(0, 2, new Uint8Array([1])));
    expect(reassembly.expire(9 * SECOND)).toHaveLength(0);
    expect(reassembly.expire(10 * SECOND)).toHaveLength(1);
    expect(reassembly.size).toBe(0);
    expect(reassembly.add(11 * SECOND, fragment(1, 2, new Uint8Array([2]))).kind).toBe('kept');
  });

  it('waits on while fragments come', () => {
    const reassembly = new Reassembly(limits);
    reassembly.add(0, fragment(0, 3, new Uint8Array([1])));
    reassembly.add(9 * SECOND, fragment(1, 3, new Uint8Array([2])));
    expect(reassembly.expire(18 * SECOND)).toHaveLength(0);
    expect(reassembly.expire(19 * SECOND)).toHaveLength(1);
  });

  it('refuses by name: too many fragments, messages, memories, and contradictions', () => {
    const drop = (name: string): unknown => ({ kind: 'drop', drop: name });
    const other = (id: number, count = 2): Fragment => ({
      ...fragment(0, count, new Uint8Array([1])),
      messageId: new Uint8Array(16).fill(id),
    });
    const reassembly = new Reassembly(limits);
    expect(reassembly.add(0, fragment(0, 65, new Uint8Array(1)))).toEqual(drop('fragment-format'));
    reassembly.add(0, other(1));
    reassembly.add(0, other(2));
    expect(reassembly.add(0, other(3))).toEqual(drop('reassembly-full'));
    expect(reassembly.add(0, other(1, 3))).toEqual(drop('fragment-conflict'));
    expect(reassembly.add(0, { ...other(1), data: new Uint8Array([9]) })).toEqual(
      drop('fragment-conflict'),
    );
    const full = new Reassembly(limits);
    expect(full.add(0, other(1, 1)).kind).toBe('whole');
    expect(full.add(0, other(2, 1)).kind).toBe('whole');
    expect(full.add(0, other(3, 1))).toEqual(drop('duplicates-full'));
    full.expire(100 * SECOND);
    expect(full.add(100 * SECOND, other(3, 1)).kind).toBe('whole');
  });

  it('keeps messages of two senders apart under one identifier', () => {
    const reassembly = new Reassembly(limits);
    const foreign = { ...fragment(1, 2, new Uint8Array([2])), sender: new Uint8Array(32).fill(2) };
    reassembly.add(0, fragment(0, 2, new Uint8Array([1])));
    expect(reassembly.add(0, foreign).kind).toBe('kept');
  });
});

describe('deadlines', () => {
  it('come in the order of time, equal ones in the order they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 100 }), (times) => {
        const deadlines = new DeadlineHeap<number>();
        for (const [index, at] of times.entries()) deadlines.add(at, index);
        const order = times.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
        expect(order.map(() => deadlines.takeDue(20))).toEqual(order.map(({ index }) => index));
        expect(deadlines.takeDue(20)).toBeUndefined();
      }),
    );
  });
});

describe('paths', () => {
  const { document } = new Lab();
  const source = (change: Partial<PathDrawInput> = {}): PathDrawInput => ({
    document,
    choices: openRandomStream(1, 'test', 'choices'),
    delays: openRandomStream(1, 'test', 'delays'),
    delayMeanNs: 50 * MS,
    epochAt: () => 1,
    ...change,
  });
  const [from, to] = document.providers as [(typeof document.providers)[0], never];

  it('go from provider to provider over a mix of each layer, each equally often', () => {
    const seen = new Map<string, number>();
    const drawn = source();
    for (let count = 0; count < 4000; count++) {
      const names = choosePath(drawn, { from, to }, 0)!.hops.map((hop) => hop.node.name);
      expect(names).toHaveLength(5);
      const mixes = names.slice(1, 4).join(' ');
      seen.set(mixes, (seen.get(mixes) ?? 0) + 1);
    }
    expect(seen.size).toBe(8);
    // 500 of each are expected; four standard deviations are 84.
    for (const count of seen.values()) expect(Math.abs(count - 500)).toBeLessThan(84);
  });

  it('use at each hop the key of the epoch in which the packet arrives there', () => {
    const asked: number[] = [];
    const epochAt = (at: number): number => {
      asked.push(at);
      return at < 100 * MS ? 1 : 2;
    };
    const path = choosePath(source({ epochAt }), { from, to }, 60 * MS)!;
    let at = 60 * MS;
    for (const [index, hop] of path.hops.entries()) {
      expect(asked[index]).toBe(at);
      expect(hop.publicKey).toBe(hop.node.mixKeys.get(at < 100 * MS ? 1 : 2));
      at += hop.delayMs * MS;
    }
    expect(path.hops.at(-1)!.delayMs).toBe(0);
    expect(path.delayNs).toBe(at - 60 * MS);
  });

  it('are given up after three attempts without keys', () => {
    let asked = 0;
    const epochAt = (): number => {
      asked++;
      return 99;
    };
    expect(choosePath(source({ epochAt }), { from, to }, 0)).toBeUndefined();
    expect(asked).toBe(3);
  });

  it('ask for whole milliseconds, at least one, capped far out', () => {
    const delays = openRandomStream(1, 'test', 'delay');
    for (let count = 0; count < 1000; count++) {
      const ms = drawDelayMs(delays, 50 * MS);
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThan(0);
    }
    expect(drawDelayMs({ exponential: () => 1e9 } as never, 50 * MS)).toBe(1382);
    expect(drawDelayMs(delays, 0)).toBe(1);
  });

  it('give stop-and-go windows that grow with the links and shift with the delays', () => {
    const bounds = { transitMinNs: MS, transitMaxNs: 3 * MS, clockErrorNs: 10 * MS };
    const path = choosePath(source(), { from, to }, 0)!;
    const windows = computeStopAndGoWindows(path, 1000, bounds);
    let before = 1000;
    for (const [index, [opens, closes]] of windows.entries()) {
      expect(opens).toBe(before + (index + 1) * MS);
      expect(closes).toBe(before + (index + 1) * 3 * MS + 10 * MS);
      before += path.hops[index]!.delayMs * MS;
    }
  });
});
