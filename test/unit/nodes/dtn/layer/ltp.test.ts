import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { equalBytes } from '../../../../../nodes/_kit/bytes.ts';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { LtpReceiverSession } from '../../../../../nodes/dtn/layer/ltp-receiving.ts';
import {
  decodeLtpSegment,
  encodeLtpSegment,
  LTP_DATA_TYPE,
  type LtpContent,
  type LtpData,
} from '../../../../../nodes/dtn/layer/ltp-wire.ts';
import {
  LtpPair,
  OWLT_NS,
  patternBlock,
  S_NS,
  type SentSegment,
  sendBlockInput,
} from '../../../../../runner/verify/bundles/ltp-pair.ts';

const contentOf = ({ bytes }: SentSegment): LtpContent => decodeLtpSegment(bytes)!.content;
const isData = (sent: SentSegment): boolean => contentOf(sent).kind === 'data';

function send(pair: LtpPair, block: Uint8Array, redBytes = block.length, session = 7): void {
  pair.take('a', sendBlockInput(block, redBytes, session));
}

/** End a receives a segment of a session of its own. */
function receive(pair: LtpPair, content: LtpContent, session = 7): void {
  pair.take('a', { kind: 'segment', bytes: encodeLtpSegment({ engine: 1, session, content }) });
}

/** A data segment from end a. */
function data(session: number, fields: Partial<LtpData>, engine = 1): Uint8Array {
  const content: LtpData = {
    kind: 'data',
    type: LTP_DATA_TYPE.red,
    service: 1,
    offset: 0,
    checkpoint: 0,
    report: 0,
    data: new Uint8Array(10),
    ...fields,
  };
  return encodeLtpSegment({ engine, session, content });
}

describe('a block', () => {
  it.each([1, 950, 5_000, 100_000])('of %i bytes arrives, and is claimed', (length) => {
    const pair = new LtpPair();
    const block = patternBlock(length);
    send(pair, block);
    pair.run();
    expect(pair.kinds('a')).toEqual(['sent']);
    expect(pair.events).toContainEqual(
      expect.objectContaining({ kind: 'block', end: 'b', session: 7, block }),
    );
    expect([pair.ends.a.sending, pair.ends.b.receiving]).toEqual([0, 0]);
    expect(Math.max(...pair.sent.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(1_000);
  });

  it('leaves at the rate of the contact, and is done after two light times', () => {
    const pair = new LtpPair({ contactAt: () => ({ rateBps: 8_000, endNs: 1e18 }) });
    send(pair, patternBlock(5_000));
    pair.run();
    const segments = pair.sent.filter(isData);
    // A byte takes a millisecond.
    let freeAt = 0;
    for (const { at, bytes } of segments) {
      expect(at).toBe(freeAt);
      freeAt += bytes.length * 1_000_000;
    }
    const last = segments.at(-1)!.at;
    expect(pair.events.find(({ kind }) => kind === 'sent')?.at).toBe(last + 2 * OWLT_NS);
  });

  // Regression: the wait for the report began when the checkpoint began to leave, and did not count the
  // segment that the other end was sending. On slow links everything was sent twice.
  it.each([
    { both: false, answerNs: 2 * (OWLT_NS + S_NS) },
    { both: true, answerNs: 2 * (OWLT_NS + S_NS) + 8 * S_NS },
  ])(
    'is sent once over a link on which a segment takes eight seconds (%j)',
    ({ both, answerNs }) => {
      const pair = new LtpPair({ answerNs, contactAt: () => ({ rateBps: 1_000, endNs: 1e18 }) });
      pair.leavesIn = ({ length }): number => length * 8_000_000;
      // The last segment has 930 bytes.
      send(pair, patternBlock(4_850));
      if (both) pair.take('b', sendBlockInput(patternBlock(20_000), 20_000, 8));
      pair.run();
      const offsets = pair.sent
        .filter((sent) => isData(sent))
        .map((sent) => `${sent.from} ${(contentOf(sent) as LtpData).offset}`);
      expect(offsets).toHaveLength(new Set(offsets).size);
      expect(pair.events.filter(({ kind }) => kind === 'sent')).toHaveLength(both ? 2 : 1);
      expect(pair.events.filter(({ kind }) => kind === 'drop')).toEqual([]);
    },
  );

  it('is not repeated for a checkpoint that is answered while its repetition waits for the link', () => {
    // The timer runs out a second before the report is there, behind a segment that takes eight.
    const answerNs = 2 * OWLT_NS - S_NS;
    const pair = new LtpPair({ answerNs, contactAt: () => ({ rateBps: 1_000, endNs: 1e18 }) });
    pair.leavesIn = ({ length }): number => length * 8_000_000;
    send(pair, patternBlock(900));
    send(pair, patternBlock(9_000), 9_000, 8);
    pair.run(40 * S_NS);
    const first = pair.sent.filter((sent) => sent.from === 'a' && isData(sent));
    const sessions = first.map(({ bytes }) => decodeLtpSegment(bytes)!.session);
    expect(sessions.filter((session) => session === 7)).toHaveLength(1);
    expect(sessions.length).toBeGreaterThan(3);
  });

  // Regression: whoever asked by a clock that moves on while it is read was told "now", never before,
  // and no bundle left in live runs.
  it('leaves the link free: however late one asks, that was when its last segment left', () => {
    const pair = new LtpPair({ contactAt: () => ({ rateBps: 8_000, endNs: 1e18 }) });
    expect(pair.ends.a.idleAt(S_NS)).toBe(0);
    send(pair, patternBlock(500));
    const [{ bytes } = { bytes: [] }] = pair.sent;
    pair.run();
    expect(pair.ends.a.idleAt(pair.now + 1)).toBeLessThan(pair.now);
    expect(pair.ends.a.idleAt(pair.now + S_NS)).toBeGreaterThanOrEqual(bytes.length * 1_000_000);
  });

  // Regression: the sender added up what the receiver had claimed before and after its restart, and
  // took a block for delivered of which nobody had the first half.
  it.each([0, 1, 2])('is not done because of claims from before a restart (loss %i)', (lost) => {
    const pair = new LtpPair();
    pair.loses = (_sent, index): boolean => index === lost;
    send(pair, patternBlock(3_000));
    // The report has arrived, the repair not yet.
    pair.run(2.5 * OWLT_NS);
    pair.restart('b');
    pair.run();
    expect(pair.kinds('a')).toEqual(['ltp-cancelled', 'failed']);
    expect(pair.kinds('b')).toEqual(['ltp-forgotten']);
  });

  it('is repaired: only what is missing is sent again, with a checkpoint at its end', () => {
    const pair = new LtpPair();
    const block = patternBlock(10_000);
    pair.loses = (_sent, index): boolean => [2, 3, 6].includes(index);
    send(pair, block);
    pair.run();
    const repairs = pair.sent.filter((sent) => isData(sent) && sent.at > 0.1 * S_NS);
    const places = pair.sent.slice(0, 7).map((sent) => (contentOf(sent) as LtpData).offset);
    expect(repairs.map((sent) => (contentOf(sent) as LtpData).offset)).toEqual([
      places[2],
      places[3],
      places[6],
    ]);
    expect(repairs.map((sent) => (contentOf(sent) as LtpData).type)).toEqual([
      LTP_DATA_TYPE.red,
      LTP_DATA_TYPE.red,
      LTP_DATA_TYPE.redCheckpoint,
    ]);
    expect(pair.events).toContainEqual(expect.objectContaining({ kind: 'sent', rounds: 1 }));
    expect(pair.events).toContainEqual(expect.objectContaining({ kind: 'block', block }));
  });

  it('whose checkpoint is lost asks again when the answer is overdue, not earlier', () => {
    const pair = new LtpPair();
    pair.loses = (_sent, index): boolean => index === 0;
    send(pair, patternBlock(100));
    pair.run();
    const [first, again] = pair.sent.filter(isData);
    // From when its last bit has left: a byte takes a microsecond.
    const leavesNs = first!.bytes.length * 1_000;
    expect(again!.at - first!.at).toBe(2 * (OWLT_NS + S_NS) + leavesNs);
    expect(again!.bytes).toEqual(first!.bytes);
    expect(pair.kinds('a')).toEqual(['sent']);
  });

  it('is given up after five repetitions of its checkpoint', () => {
    const pair = new LtpPair();
    pair.loses = ({ from }): boolean => from === 'a';
    send(pair, patternBlock(100));
    pair.run();
    expect(pair.sent.filter(isData)).toHaveLength(6);
    expect(pair.kinds('a')).toEqual(['ltp-retries', 'failed']);
    const cancels = pair.sent.filter((sent) => contentOf(sent).kind === 'cancel');
    expect(cancels).toHaveLength(6);
    expect(contentOf(cancels[0]!)).toMatchObject({ by: 'sender', reason: 2 });
    expect(pair.ends.a.sending).toBe(0);
  });

  it('arrives once, whatever is lost', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = openRandomStream(seed, 'test', 'loss');
      const pair = new LtpPair({ retries: 50 });
      pair.loses = (): boolean => random.chance(0.3);
      const block = patternBlock(40_000);
      send(pair, block);
      pair.run();
      expect(pair.kinds('a')).toEqual(['sent']);
      const blocks = pair.events.flatMap((one) => (one.kind === 'block' ? [one.block] : []));
      expect(blocks.map((one) => equalBytes(one, block))).toEqual([true]);
      expect([pair.ends.a.sending, pair.ends.b.receiving]).toEqual([0, 0]);
    }
  });

  it('that the node does not keep is offered again when the sender asks again', () => {
    const pair = new LtpPair();
    let offers = 0;
    pair.keeps = (): boolean => {
      offers += 1;
      return offers === 3;
    };
    send(pair, patternBlock(100));
    pair.run(OWLT_NS + S_NS);
    // Nothing is claimed before the node has the block.
    expect(pair.sent.filter(({ from }) => from === 'b')).toEqual([]);
    pair.run();
    expect(offers).toBe(3);
    expect(pair.kinds('a')).toEqual(['sent']);
  });

  it('that is green is sent once, and done when it has left', () => {
    const pair = new LtpPair();
    const block = patternBlock(5_000);
    send(pair, block, 0);
    pair.run();
    expect(pair.events[0]).toMatchObject({ kind: 'sent', at: expect.any(Number) });
    expect(pair.events[0]!.at).toBeLessThan(S_NS);
    expect(pair.events[1]).toMatchObject({ kind: 'block', block });
    expect(pair.sent.every(({ from }) => from === 'a')).toBe(true);
    expect(pair.ends.b.receiving).toBe(0);
  });

  it('with a green part of which something is lost is not handed over', () => {
    const pair = new LtpPair();
    pair.loses = (sent): boolean => {
      const content = contentOf(sent);
      return content.kind === 'data' && content.type === LTP_DATA_TYPE.green;
    };
    send(pair, patternBlock(5_000), 1_000);
    pair.run();
    expect(pair.kinds('a')).toContain('sent');
    expect(pair.kinds('b')).toEqual(['ltp-silence']);
    expect(pair.ends.b.receiving).toBe(0);
  });
});

describe('the end of a contact', () => {
  it('stops all timers: nothing is repeated for an outage of a day', () => {
    const pair = new LtpPair();
    pair.loses = (sent): boolean => isData(sent) && sent.at < 100 * S_NS;
    send(pair, patternBlock(100));
    pair.run(5 * S_NS);
    pair.take('a', { kind: 'way', way: 'closed' });
    pair.take('b', { kind: 'way', way: 'closed' });
    pair.run(86_400 * S_NS);
    expect(pair.sent).toHaveLength(1);
    pair.take('a', { kind: 'way', way: 'open' });
    pair.take('b', { kind: 'way', way: 'open' });
    pair.run();
    // Five of 22 s had passed, which began when the last bit had left.
    expect(pair.sent[1]!.at).toBe((86_400 + 17) * S_NS + pair.sent[0]!.bytes.length * 1_000);
    expect(pair.kinds('a')).toEqual(['sent']);
  });

  it('is not outlasted by a segment', () => {
    let endNs = 2.5 * S_NS;
    const pair = new LtpPair({ contactAt: () => ({ rateBps: 8_000, endNs }) });
    send(pair, patternBlock(4_000));
    pair.run(3 * S_NS);
    expect(pair.sent).toHaveLength(2);
    for (const end of ['a', 'b'] as const) pair.take(end, { kind: 'way', way: 'closed' });
    endNs = 1e18;
    pair.run(500 * S_NS);
    for (const end of ['a', 'b'] as const) pair.take(end, { kind: 'way', way: 'open' });
    pair.run();
    const seconds = pair.sent.filter(isData).map(({ at }) => Math.round(at / S_NS));
    expect(seconds).toEqual([0, 1, 500, 501, 502]);
    expect(pair.kinds('a')).toEqual(['sent']);
  });
});

describe('the two holes of RFC 5326', () => {
  it('a block whose checkpoint never comes is given up after two light times and 60 s', () => {
    const pair = new LtpPair();
    pair.take('b', { kind: 'segment', bytes: data(3, {}) });
    pair.run(79 * S_NS);
    expect(pair.kinds('b')).toEqual([]);
    pair.run(80 * S_NS);
    expect(pair.kinds('b')).toEqual(['ltp-silence']);
    expect(pair.ends.b.receiving).toBe(0);
    expect(contentOf(pair.sent[0]!)).toMatchObject({ kind: 'cancel', by: 'receiver', reason: 0 });
  });

  it('of several reports about one checkpoint, each is repeated by itself', () => {
    const pair = new LtpPair();
    // Every second segment is lost: more claims than fit into one report.
    pair.loses = (sent, index): boolean =>
      sent.from === 'a' ? sent.at < S_NS && index % 2 === 1 && index < 399 : isFirstOf(2, sent);
    const seen = new Map<number, number>();
    const isFirstOf = (nth: number, sent: SentSegment): boolean => {
      const content = contentOf(sent);
      if (content.kind !== 'report') return false;
      const count = (seen.get(content.report) ?? 0) + 1;
      seen.set(content.report, count);
      return seen.size === nth && count === 1;
    };
    const block = patternBlock(400 * 970);
    send(pair, block);
    pair.run();
    expect(seen.size).toBeGreaterThan(2);
    expect(pair.kinds('a')).toEqual(['sent']);
    expect(pair.events).toContainEqual(expect.objectContaining({ kind: 'block', block }));
    const sent = pair.sent.filter(isData).length;
    const missing = pair.sent.filter((each, index) => isData(each) && each.at < S_NS && index % 2);
    // Nothing is repaired twice.
    expect(sent).toBeLessThanOrEqual(Math.ceil(block.length / 950) + missing.length + 5);
  });
});

describe('a neighbour', () => {
  it('cannot open more than 64 blocks', () => {
    const pair = new LtpPair();
    for (let session = 1; session <= 65; session += 1) {
      pair.take('b', { kind: 'segment', bytes: data(session, {}) });
    }
    expect(pair.ends.b.receiving).toBe(64);
    expect(pair.kinds('b')).toEqual(['ltp-sessions-full']);
  });

  it('cannot fill the memory: 32 MiB in all blocks together', () => {
    const pair = new LtpPair();
    const piece = new Uint8Array(2 ** 20);
    for (let index = 0; index < 40; index += 1) {
      const offset = (index % 16) * piece.length;
      pair.take('b', { kind: 'segment', bytes: data(index >> 4, { offset, data: piece }) });
    }
    expect(pair.kinds('b')).toEqual(Array.from({ length: 8 }, () => 'ltp-sessions-full'));
  });

  it.each([
    ['beyond 16 MiB', data(1, { offset: 2 ** 24 - 9 }), 'ltp-bad-data'],
    ['for another service', data(1, { service: 2 }), 'ltp-bad-data'],
    ['of its own session', data(1, {}, 2), 'ltp-stranger'],
    ['that is no segment', Uint8Array.of(0x10, 1, 1, 0), 'ltp-bad-segment'],
  ])('is not believed: data %s', (_, bytes, reason) => {
    const pair = new LtpPair();
    pair.take('b', { kind: 'segment', bytes });
    expect(pair.kinds('b')).toEqual([reason]);
    expect(pair.ends.b.receiving).toBe(0);
  });

  it('that mixes red and green is told so', () => {
    const pair = new LtpPair();
    pair.take('b', { kind: 'segment', bytes: data(1, { offset: 100 }) });
    pair.take('b', { kind: 'segment', bytes: data(1, { type: LTP_DATA_TYPE.green, offset: 50 }) });
    expect(pair.kinds('b')).toEqual(['ltp-bad-data']);
    expect(contentOf(pair.sent[0]!)).toMatchObject({ kind: 'cancel', by: 'receiver', reason: 3 });
  });

  it('that repeats one checkpoint gets five more answers, and no more', () => {
    const pair = new LtpPair();
    const checkpoint = data(1, { type: LTP_DATA_TYPE.redCheckpoint, checkpoint: 5 });
    for (let count = 0; count < 100; count += 1) {
      pair.take('b', { kind: 'segment', bytes: checkpoint });
      pair.run(pair.now + S_NS / 100);
    }
    expect(pair.sent).toHaveLength(6);
  });

  it('that asks for reports about nothing, or without end, fills no memory with answers', () => {
    const pair = new LtpPair();
    const ask = { type: LTP_DATA_TYPE.redCheckpoint, data: new Uint8Array(0) };
    const receiving = new LtpReceiverSession(1, 1);
    for (let checkpoint = 1; checkpoint <= 1_500; checkpoint += 1) {
      const { content } = decodeLtpSegment(data(1, { ...ask, checkpoint }))!;
      expect(receiving.reportsFor(content as LtpData, 10, 5)).toEqual([]);
      pair.take('b', { kind: 'segment', bytes: data(1, { ...ask, checkpoint }) });
    }
    expect(receiving.remembered).toBe(0);
    receiving.add(decodeLtpSegment(data(1, {}))!.content as LtpData);
    for (let checkpoint = 1; checkpoint <= 2_000; checkpoint += 1) {
      const bytes = data(1, { type: LTP_DATA_TYPE.redCheckpoint, checkpoint });
      receiving.reportsFor(decodeLtpSegment(bytes)!.content as LtpData, 10, 5);
    }
    expect(receiving.remembered).toBe(2 * 1_024);
    expect(pair.sent).toEqual([]);
    // What it asks for next is reported all the same.
    const bytes = data(1, { type: LTP_DATA_TYPE.redCheckpoint, checkpoint: 1_501 });
    pair.take('b', { kind: 'segment', bytes });
    expect(contentOf(pair.sent[0]!)).toMatchObject({ kind: 'report', checkpoint: 1_501 });
  });

  it('whose blocks come and go at the rate of the link leaves no alarms behind', () => {
    const pair = new LtpPair();
    const cancel = { kind: 'cancel', by: 'sender', reason: 0 } as const;
    for (let session = 1; session <= 1_500; session += 1) {
      const checkpoint = data(session, { type: LTP_DATA_TYPE.redCheckpoint, checkpoint: 1 });
      pair.take('b', { kind: 'segment', bytes: checkpoint });
      const bytes = encodeLtpSegment({ engine: 1, session, content: cancel });
      pair.take('b', { kind: 'segment', bytes });
      pair.now += S_NS / 1_000;
      while (pair.ends.b.nextAt() <= pair.now) pair.take('b', TIMER_DUE);
    }
    expect(pair.ends.b.receiving).toBe(0);
    expect(pair.ends.b.alarms).toBeLessThanOrEqual(1_024);
  });

  it('that answers or refuses block after block leaves no alarms behind', () => {
    const pair = new LtpPair();
    const claims = [{ start: 0, end: 10 }];
    const report = { kind: 'report', upper: 10, lower: 0, claims } as const;
    for (let session = 1; session <= 1_200; session += 1) {
      send(pair, patternBlock(10), 10, session);
      pair.run(pair.now + S_NS / 1_000);
      const { checkpoint } = contentOf(pair.sent.at(-1)!) as LtpData;
      const content = { ...report, report: 1, checkpoint };
      receive(pair, content, session);
    }
    expect([pair.ends.a.sending, pair.ends.a.alarms <= 1_024]).toEqual([0, true]);
  });

  it('that takes notice of each refusal leaves no alarms behind', () => {
    const pair = new LtpPair();
    const content = { kind: 'cancel-receipt', to: 'receiver' } as const;
    for (let session = 1; session <= 1_200; session += 1) {
      pair.take('b', { kind: 'segment', bytes: data(session, { offset: 100 }) });
      const green = data(session, { type: LTP_DATA_TYPE.green, offset: 50 });
      pair.take('b', { kind: 'segment', bytes: green });
      pair.run(pair.now + S_NS / 1_000);
      pair.take('b', { kind: 'segment', bytes: encodeLtpSegment({ engine: 1, session, content }) });
    }
    expect(pair.ends.b.alarms).toBeLessThanOrEqual(1_024);
  });

  it('that claims nothing for ever makes us send a block 65 times, and no more', () => {
    const pair = new LtpPair();
    pair.loses = ({ from }): boolean => from === 'a';
    send(pair, patternBlock(100));
    for (let round = 0; round < 200; round += 1) {
      pair.run(pair.now + S_NS);
      const last = pair.sent.filter(isData).at(-1)!;
      const { checkpoint } = contentOf(last) as LtpData;
      const report: LtpContent = {
        ...{ kind: 'report', report: round + 1, checkpoint },
        ...{ upper: 100, lower: 0, claims: [] },
      };
      const bytes = encodeLtpSegment({ engine: 1, session: 7, content: report });
      pair.take('a', { kind: 'segment', bytes });
      pair.take('a', { kind: 'segment', bytes });
    }
    expect(pair.sent.filter(isData)).toHaveLength(65);
    expect(pair.kinds('a')).toEqual(['ltp-retries', 'failed']);
  });

  it('that reports what was never sent changes nothing', () => {
    const pair = new LtpPair();
    send(pair, patternBlock(100));
    const base = { kind: 'report', report: 1, checkpoint: 1, upper: 100, lower: 0 } as const;
    for (const content of [
      { ...base, checkpoint: 16_999, claims: [{ start: 0, end: 100 }] },
      { ...base, checkpoint: 0, upper: 101, claims: [{ start: 0, end: 101 }] },
    ]) {
      receive(pair, content);
    }
    expect(pair.kinds('a')).toEqual(['ltp-bad-report', 'ltp-bad-report']);
    expect(pair.ends.a.sending).toBe(1);
  });

  it('that cancels ends the session, and the node hears of it', () => {
    const pair = new LtpPair();
    send(pair, patternBlock(100));
    const content: LtpContent = { kind: 'cancel', by: 'receiver', reason: 4 };
    receive(pair, content);
    pair.run();
    expect(pair.kinds('a')).toEqual(['ltp-cancelled', 'failed']);
    expect(pair.sent.map((sent) => contentOf(sent).kind)).toContain('cancel-receipt');
  });
});

describe('a session', () => {
  it('that the node cancels is cancelled at the other end', () => {
    const pair = new LtpPair();
    send(pair, patternBlock(1_500));
    pair.run(S_NS);
    pair.take('a', { kind: 'cancel', session: 7 });
    pair.run();
    expect(pair.kinds('a')).toEqual([]);
    expect([pair.ends.a.sending, pair.ends.b.receiving]).toEqual([0, 0]);
  });

  it('that has ended takes nothing more', () => {
    const pair = new LtpPair();
    send(pair, patternBlock(100));
    pair.run();
    pair.take('b', { kind: 'segment', bytes: pair.sent[0]!.bytes });
    expect(pair.kinds('b')).toEqual(['block', 'ltp-closed-session']);
  });
});
