import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { DTN_DROP_REASONS } from '../../../../../nodes/dtn/drops.ts';
import type {
  TcpclEffect,
  TcpclInput,
  TlsPolicy,
} from '../../../../../nodes/dtn/layer/tcpcl-interface.ts';
import { TcpclReader } from '../../../../../nodes/dtn/layer/tcpcl-reader.ts';
import { TcpclSession } from '../../../../../nodes/dtn/layer/tcpcl-session.ts';
import {
  encodeContactHeader,
  encodeTcpclMessage,
  type TcpclMessage,
} from '../../../../../nodes/dtn/layer/tcpcl-wire.ts';
import { patternBlock } from '../../../../../runner/verify/bundles/ltp-pair.ts';
import { forMutants } from './mutations.ts';

const S = 1_000_000_000;
type End = 'a' | 'b';
type Event = Exclude<TcpclEffect, { kind: 'write' }>;

/** Two sessions on one stream that loses nothing; a is the active one. */
class Pair {
  now = 0;
  readonly ends: Readonly<Record<End, TcpclSession>>;
  readonly said: Record<End, Uint8Array[]> = { a: [], b: [] };
  readonly events: Record<End, Event[]> = { a: [], b: [] };
  /** Octets that arrive at once. */
  piece = Number.POSITIVE_INFINITY;
  keeps = true;
  /** The streams take what is written. */
  hasRoom = true;
  readonly #air: { readonly to: End; readonly bytes: Uint8Array }[] = [];

  constructor(
    keepAliveS: Readonly<Record<End, number>> = { a: 30, b: 30 },
    claims = 'ipn:1.0',
    tls: Readonly<Record<End, TlsPolicy>> = { a: 'off', b: 'off' },
  ) {
    this.ends = {
      a: new TcpclSession({
        role: 'active',
        ownId: claims,
        peerId: 'ipn:2.0',
        keepAliveS: keepAliveS.a,
        tls: tls.a,
      }),
      b: new TcpclSession({
        role: 'passive',
        ownId: 'ipn:2.0',
        peerId: 'ipn:1.0',
        keepAliveS: keepAliveS.b,
        tls: tls.b,
      }),
    };
  }

  open(): this {
    this.take('a', { kind: 'opened' });
    this.take('b', { kind: 'opened' });
    return this.settle();
  }

  /** Takes an input, and what its effects lead to, each after all effects before it. */
  take(end: End, first: TcpclInput | typeof TIMER_DUE): void {
    const inputs = [first];
    for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
      for (const effect of this.ends[end].step(this.now, input)) {
        const answer = this.#perform(end, effect);
        if (answer !== undefined) inputs.push(answer);
      }
    }
  }

  #perform(end: End, effect: TcpclEffect): TcpclInput | undefined {
    if (effect.kind !== 'write') {
      this.events[end].push(effect);
      return effect.kind === 'bundle' && this.keeps ? { kind: 'kept' } : undefined;
    }
    this.said[end].push(effect.bytes);
    this.#air.push({ to: end === 'a' ? 'b' : 'a', bytes: effect.bytes });
    return effect.asksForRoom && this.hasRoom ? { kind: 'room' } : undefined;
  }

  /** Everything arrives. */
  settle(): this {
    for (let next = this.#air.shift(); next; next = this.#air.shift()) {
      for (let at = 0; at < next.bytes.length; at += this.piece) {
        this.take(next.to, { kind: 'bytes', bytes: next.bytes.slice(at, at + this.piece) });
      }
    }
    return this;
  }

  /** Time goes on; what is said on the way gets lost if the stream is cut. */
  pass(untilNs: number, isCut = false): void {
    for (;;) {
      const next = Math.min(this.ends.a.nextAt(), this.ends.b.nextAt());
      if (next > untilNs) break;
      this.now = next;
      this.take(this.ends.a.nextAt() === next ? 'a' : 'b', TIMER_DUE);
      if (isCut) this.#air.length = 0;
      else this.settle();
    }
    this.now = untilNs;
  }

  kinds(end: End): readonly string[] {
    return this.events[end].map((event) => (event.kind === 'drop' ? event.reason : event.kind));
  }

  messages(end: End): readonly TcpclMessage[] {
    const reader = new TcpclReader(1_000_000);
    reader.add(concatBytes(...this.said[end]));
    const messages: TcpclMessage[] = [];
    for (let read = reader.next(); read.kind !== 'nothing'; read = reader.next()) {
      if (read.kind === 'bad') throw new Error(read.why);
      if (read.kind === 'message') messages.push(read.message);
    }
    return messages;
  }
}

const segment = (fields: Partial<Extract<TcpclMessage, { kind: 'segment' }>>): Uint8Array =>
  encodeTcpclMessage({
    kind: 'segment',
    isStart: true,
    isEnd: false,
    transfer: 0,
    isForeign: false,
    data: new Uint8Array(10),
    ...fields,
  });

describe('a session', () => {
  it.each([1, 2, 7, 65_536])('carries bundles in order, in pieces of %i octets', (piece) => {
    const pair = new Pair();
    pair.piece = piece;
    pair.open();
    expect(pair.kinds('a')).toEqual(['up']);
    const bundles = [100, 65_536, 200_000, 1].map(patternBlock);
    for (const [index, bundle] of bundles.entries()) {
      pair.take('a', { kind: 'send', transfer: 40 + index, bundle });
    }
    pair.settle();
    const came = pair.events.b.flatMap((event) => (event.kind === 'bundle' ? [event.bundle] : []));
    expect(came.map(({ length }) => length)).toEqual([100, 65_536, 200_000, 1]);
    expect(came.every((each, index) => Buffer.compare(each, bundles[index]!) === 0)).toBe(true);
    const sent = pair.events.a.flatMap((event) => (event.kind === 'sent' ? [event.transfer] : []));
    expect(sent).toEqual([40, 41, 42, 43]);
  });

  it('sends segments of at most what the peer takes, and states the length of long transfers', () => {
    const pair = new Pair().open();
    pair.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(150_000) });
    pair.settle();
    const segments = pair
      .messages('a')
      .flatMap((message) => (message.kind === 'segment' ? [message] : []));
    expect(segments.map(({ data }) => data.length)).toEqual([65_536, 65_536, 18_928]);
    expect(segments.map(({ total }) => total)).toEqual([150_000, undefined, undefined]);
    const receipts = pair
      .messages('b')
      .flatMap((message) => (message.kind === 'receipt' ? [message.received] : []));
    expect(receipts).toEqual([65_536, 131_072, 150_000]);
  });

  it.each([
    ['whole', 150_000, ['up', 'sent']],
    ['one octet short', 149_999, ['up']],
  ] as const)(
    'with an agent that does not copy the flags into its receipts: %s',
    (_, received, events) => {
      const pair = new Pair().open();
      pair.take('a', { kind: 'send', transfer: 5, bundle: patternBlock(150_000) });
      const receipt = { kind: 'receipt', isStart: false, isEnd: false, transfer: 0 } as const;
      pair.take('a', {
        kind: 'bytes',
        bytes: encodeTcpclMessage({ ...receipt, received: 65_536 }),
      });
      expect(pair.kinds('a')).toEqual(['up']);
      pair.take('a', { kind: 'bytes', bytes: encodeTcpclMessage({ ...receipt, received }) });
      expect(pair.kinds('a')).toEqual(events);
    },
  );

  it('says nothing for the shorter keep-alive interval, then keeps alive', () => {
    const pair = new Pair({ a: 60, b: 20 }).open();
    pair.pass(100 * S);
    const alive = pair.messages('a').filter(({ kind }) => kind === 'keep-alive');
    expect(alive).toHaveLength(5);
    expect(pair.kinds('a')).toEqual(['up']);
  });

  it('without keep-alives at one end has none', () => {
    const pair = new Pair({ a: 0, b: 20 }).open();
    expect(pair.ends.a.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(pair.ends.b.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('ends after twice the interval without a word, not earlier', () => {
    const pair = new Pair({ a: 20, b: 20 }).open();
    pair.take('a', { kind: 'send', transfer: 5, bundle: patternBlock(10) });
    pair.keeps = false;
    pair.pass(40 * S - 1, true);
    expect(pair.kinds('a')).toEqual(['up']);
    pair.pass(40 * S, true);
    expect(pair.kinds('a')).toEqual(['up', 'tcpcl-silence', 'reset', 'down', 'failed']);
  });

  it.each(['a', 'b'] as const)('is given up after 60 s if end %s never says a word', (silent) => {
    const pair = new Pair();
    const other = silent === 'a' ? 'b' : 'a';
    pair.take(other, { kind: 'opened' });
    pair.pass(60 * S - 1, true);
    expect(pair.kinds(other)).toEqual([]);
    pair.pass(60 * S, true);
    expect(pair.kinds(other)).toEqual(['tcpcl-silence', 'reset']);
  });

  it('ends in order: what is under way arrives, what has not begun comes back', () => {
    const pair = new Pair().open();
    pair.keeps = false;
    pair.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(10) });
    pair.settle();
    pair.take('a', { kind: 'finish' });
    pair.settle();
    expect(pair.kinds('a')).toEqual(['up', 'down']);
    pair.take('b', { kind: 'kept' });
    pair.settle();
    expect(pair.kinds('a')).toEqual(['up', 'down', 'sent', 'end']);
    expect(pair.kinds('b').at(-1)).toBe('end');
    expect(pair.messages('b').at(-1)).toEqual({ kind: 'termination', isReply: true, reason: 0 });
  });

  it('gives everything back when the stream ends', () => {
    const pair = new Pair().open();
    pair.keeps = false;
    pair.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(10) });
    pair.take('a', { kind: 'send', transfer: 2, bundle: patternBlock(10) });
    pair.take('a', { kind: 'closed' });
    expect(pair.kinds('a')).toEqual(['up', 'down', 'failed', 'failed']);
  });

  it('with somebody else is refused', () => {
    const pair = new Pair({ a: 30, b: 30 }, 'ipn:9.0').open();
    expect(pair.kinds('b')).toEqual(['tcpcl-stranger', 'end']);
    expect(pair.messages('b').at(-1)).toMatchObject({ kind: 'termination', reason: 4 });
  });

  it('in another version is refused', () => {
    const pair = new Pair();
    pair.take('b', { kind: 'opened' });
    pair.take('b', { kind: 'bytes', bytes: Uint8Array.of(0x64, 0x74, 0x6e, 0x21, 3, 0) });
    expect(pair.messages('b').at(-1)).toMatchObject({ kind: 'termination', reason: 2 });
    expect(pair.kinds('b')).toEqual(['tcpcl-bad-message', 'end']);
  });
});

const KEEP_ALIVES = { a: 30, b: 30 };
/** A pair with these policies, after the contact headers. */
const pairOf = (a: TlsPolicy, b: TlsPolicy): Pair =>
  new Pair(KEEP_ALIVES, 'ipn:1.0', { a, b }).open();

describe('TLS', () => {
  it.each([
    ['off', 'off', ['up'], ['up']],
    ['off', 'prefer', ['up'], ['up']],
    ['prefer', 'off', ['up'], ['up']],
    ['prefer', 'prefer', ['secure'], ['secure']],
    ['require', 'prefer', ['secure'], ['secure']],
    ['prefer', 'require', ['secure'], ['secure']],
    ['require', 'require', ['secure'], ['secure']],
    ['require', 'off', ['tcpcl-no-tls', 'end'], ['end']],
    ['off', 'require', ['end'], ['tcpcl-no-tls', 'end']],
  ] as const)('%s at one end and %s at the other', (a, b, atA, atB) => {
    const pair = pairOf(a, b);
    expect([pair.kinds('a'), pair.kinds('b')]).toEqual([atA, atB]);
  });

  it('comes before all messages, which then go on as without', () => {
    const pair = pairOf('require', 'require');
    expect([pair.messages('a'), pair.messages('b')]).toEqual([[], []]);
    pair.take('b', { kind: 'secured', isSecure: true });
    pair.take('a', { kind: 'secured', isSecure: true });
    pair.settle().take('a', { kind: 'send', transfer: 7, bundle: patternBlock(100) });
    expect(pair.settle().kinds('a')).toEqual(['secure', 'up', 'sent']);
  });

  it('that fails, or whose stream ends, is a drop of its name', () => {
    const refused = pairOf('prefer', 'prefer');
    refused.take('a', { kind: 'secured', isSecure: false });
    expect(refused.kinds('a')).toEqual(['secure', 'tcpcl-tls-failed', 'reset']);
    const closed = pairOf('prefer', 'prefer');
    closed.take('b', { kind: 'closed' });
    expect(closed.kinds('b')).toEqual(['secure', 'tcpcl-tls-failed']);
  });

  it('that does not come to an end is given up after 60 s', () => {
    const pair = pairOf('require', 'require');
    pair.pass(60 * S - 1);
    expect(pair.kinds('a')).toEqual(['secure']);
    pair.pass(60 * S);
    expect(pair.kinds('a')).toEqual(['secure', 'tcpcl-silence', 'reset']);
  });

  it('never follows on octets that somebody put behind the contact header', () => {
    const session = encodeTcpclMessage({
      ...{ kind: 'session', keepAliveS: 0, segmentMru: 100, transferMru: 100 },
      ...{ nodeId: 'ipn:1.0', isForeign: false },
    });
    for (const pieces of [
      [concatBytes(encodeContactHeader(true), session)],
      [encodeContactHeader(true), session],
    ]) {
      const pair = new Pair(KEEP_ALIVES, 'ipn:1.0', { a: 'prefer', b: 'prefer' });
      pair.take('b', { kind: 'opened' });
      for (const bytes of pieces) pair.take('b', { kind: 'bytes', bytes });
      expect(pair.kinds('b').slice(-2)).toEqual(['tcpcl-bad-message', 'reset']);
      pair.take('b', { kind: 'secured', isSecure: true });
      expect(pair.messages('b')).toEqual([]);
    }
  });
});

describe('a node whose store is full', () => {
  it('stops reading, is asked every second, and acknowledges when it has room', () => {
    const pair = new Pair().open();
    pair.keeps = false;
    for (const transfer of [1, 2])
      pair.take('a', { kind: 'send', transfer, bundle: patternBlock(50) });
    pair.settle();
    expect(pair.kinds('b')).toEqual(['up', 'pause', 'bundle']);
    pair.pass(pair.now + 2.5 * S);
    expect(pair.kinds('b')).toEqual(['up', 'pause', 'bundle', 'bundle', 'bundle']);
    expect(pair.kinds('a')).toEqual(['up']);
    pair.keeps = true;
    pair.pass(pair.now + S);
    expect(pair.kinds('a')).toEqual(['up', 'sent', 'sent']);
  });

  it('does not take the silence that it makes for the end of the peer', () => {
    const pair = new Pair({ a: 20, b: 20 }).open();
    pair.keeps = false;
    pair.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(50) });
    pair.settle();
    pair.pass(200 * S);
    expect(new Set(pair.kinds('b'))).toEqual(new Set(['up', 'pause', 'bundle']));
    expect(pair.kinds('a')).toEqual(['up']);
  });
});

describe('a peer that reads nothing', () => {
  const EMPTY = segment({ isStart: false, data: new Uint8Array(0) });

  /** End b of a pair whose streams are full, after so many segments. */
  function flooded(segments: number): Pair {
    const pair = new Pair({ a: 20, b: 20 }).open();
    pair.take('b', { kind: 'bytes', bytes: segment({}) });
    pair.hasRoom = false;
    const chunk = concatBytes(...new Array<Uint8Array>(segments).fill(EMPTY));
    pair.take('b', { kind: 'bytes', bytes: chunk });
    return pair;
  }

  it('is not read either: at most 1,024 answers wait, of whatever length', () => {
    const pair = flooded(3_000);
    // Contact header, session, and the receipt of the first segment are part of these.
    expect(pair.said.b).toHaveLength(1_024);
    expect(pair.events.b.at(-1)).toEqual({ kind: 'pause', isPaused: true });
    expect(pair.ends.b.held).toBeLessThanOrEqual(3_000 * EMPTY.length + 10);
    pair.hasRoom = true;
    pair.take('b', { kind: 'room' });
    expect(pair.events.b.at(-1)).toEqual({ kind: 'pause', isPaused: false });
    expect(pair.messages('b').filter(({ kind }) => kind === 'receipt')).toHaveLength(3_001);
  });

  it('is not told any more that this end is alive, nor is its silence taken for its end', () => {
    const pair = flooded(3_000);
    const { length } = pair.said.b;
    pair.pass(3_600 * S, true);
    expect(pair.said.b).toHaveLength(length);
    expect(pair.kinds('b')).not.toContain('tcpcl-silence');
  });

  it('and never ends its half of the stream is cut off 60 s after the end', () => {
    const pair = new Pair({ a: 0, b: 0 }).open();
    pair.take('b', { kind: 'bytes', bytes: Uint8Array.of(0x77) });
    pair.pass(60 * S - 1, true);
    expect(pair.kinds('b').slice(1)).toEqual(['tcpcl-bad-message', 'end', 'down']);
    pair.pass(60 * S, true);
    expect(pair.kinds('b').at(-1)).toBe('reset');
    expect(pair.ends.b.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('a peer', () => {
  const CASES: readonly (readonly [string, Uint8Array, string])[] = [
    ['a segment of no transfer', segment({ isStart: false }), 'tcpcl-unexpected'],
    ['a segment longer than ours', segment({ data: new Uint8Array(65_537) }), 'tcpcl-bad-message'],
    ['an unknown type', Uint8Array.of(0x77), 'tcpcl-bad-message'],
    ['another contact header', encodeContactHeader(false), 'tcpcl-bad-message'],
    ['a transfer of 16 MiB and one octet', segment({ total: 2 ** 24 + 1 }), 'tcpcl-refused'],
    ['more than it announced', segment({ total: 9 }), 'tcpcl-refused'],
    ['less than it announced', segment({ total: 11, isEnd: true }), 'tcpcl-refused'],
  ];

  it.each(CASES)('that sends %s', (_, bytes, reason) => {
    const pair = new Pair().open();
    pair.take('b', { kind: 'bytes', bytes });
    expect(pair.kinds('b')[1]).toBe(reason);
    expect(pair.ends.b.held).toBe(0);
  });

  it('that goes on with a refused transfer is not listened to; the next one arrives', () => {
    const pair = new Pair().open();
    const rest = segment({ isStart: false });
    const last = segment({ isStart: false, isEnd: true });
    const next = segment({ transfer: 1, isEnd: true });
    for (const bytes of [segment({ total: 2 ** 25 }), rest, last, next]) {
      pair.take('b', { kind: 'bytes', bytes });
    }
    expect(pair.kinds('b')).toEqual(['up', 'tcpcl-refused', 'pause', 'bundle', 'pause']);
  });

  it('that takes only short transfers gets those; a longer one comes back', () => {
    const pair = new Pair();
    pair.take('a', { kind: 'opened' });
    const session = {
      kind: 'session',
      keepAliveS: 0,
      segmentMru: 100,
      transferMru: 100,
      nodeId: 'ipn:2.0',
      isForeign: false,
    } as const;
    pair.take('a', { kind: 'bytes', bytes: encodeContactHeader(false) });
    pair.take('a', { kind: 'bytes', bytes: encodeTcpclMessage(session) });
    pair.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(101) });
    expect(pair.kinds('a')).toEqual(['up', 'failed']);
    pair.take('a', { kind: 'send', transfer: 2, bundle: patternBlock(100) });
    const sent = pair.messages('a').filter(({ kind }) => kind === 'segment');
    // RFC 9174 section 5.2.1: the numbers begin with 0, and leave none out.
    expect(sent).toMatchObject([{ transfer: 0, isStart: true, isEnd: true }]);
  });

  it('is never an exception, and fills no memory: 100000 mutations', () => {
    const sample = new Pair().open();
    sample.take('a', { kind: 'send', transfer: 1, bundle: patternBlock(90) });
    sample.take('a', { kind: 'finish' });
    sample.settle();
    const whole = [concatBytes(...sample.said.a), concatBytes(...sample.said.b)];
    const handshake = concatBytes(...sample.said.a.slice(0, 2));
    const drops = new Set<string>();
    const wishes = { ownId: 'ipn:2.0', peerId: 'ipn:1.0', keepAliveS: 30 };
    forMutants([...whole, ...sample.said.a, ...sample.said.b], 100_000, (bytes, index) => {
      const tls = index % 4 === 0 ? 'prefer' : 'off';
      const session = new TcpclSession({ role: 'passive', ...wishes, tls });
      session.step(0, { kind: 'opened' });
      if (index % 2 === 0) session.step(0, { kind: 'bytes', bytes: handshake });
      const effects = session.step(0, { kind: 'bytes', bytes });
      for (const effect of effects) if (effect.kind === 'drop') drops.add(effect.reason);
      expect(session.held).toBeLessThanOrEqual(2 * bytes.length);
      expect(effects.length).toBeLessThanOrEqual(bytes.length + 10);
    });
    for (const name of drops) expect(Object.keys(DTN_DROP_REASONS)).toContain(name);
    expect(drops).toContain('tcpcl-bad-message');
    expect(drops).toContain('tcpcl-unexpected');
  });
});
