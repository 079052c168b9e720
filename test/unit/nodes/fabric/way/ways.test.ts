/**
 * Which way is taken, what carriers whose word is enough are asked for, and when news leave.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../../../nodes/fabric/outgoing/outgoing-message.ts';
import { Bench, CUSTODY, LOSSY, MEMORY, MIB, MINUTE, MS, SECOND, type Sent } from './bench.ts';

const over = (sent: readonly Sent[], way: number): readonly Sent[] =>
  sent.filter((one) => one.way === way);
const withPieces = (sent: readonly Sent[]): readonly Sent[] =>
  sent.filter(({ packet }) => packet.pieces.length > 0);
const bytesOf = (sent: readonly Sent[]): number =>
  sent.reduce(
    (sum, { packet }) => sum + packet.pieces.reduce((all, { bytes }) => all + bytes.length, 0),
    0,
  );

describe('the choice of the way', () => {
  it.each([1, 2, 3])(
    'leaves a silent way after three time-outs, not after two: seed %i',
    (seed) => {
      const bench = new Bench([LOSSY, LOSSY], seed);
      bench.offer(500);
      const first = bench.step();
      expect(first.map(({ way }) => way)).toEqual([0]);
      const two = bench.pass(MINUTE, () => bench.timeouts === 2);
      expect(over(two, 1)).toEqual([]);
      expect(bytesOf(two)).toBe(1_000);
      const third = bench.pass(MINUTE, () => bench.timeouts === 3);
      // 250, 500 and 1,000 ms, each longer or shorter by a fifth.
      expect(bench.now).toBeGreaterThanOrEqual(0.8 * 1_750 * MS);
      expect(bench.now).toBeLessThanOrEqual(1.2 * 1_750 * MS);
      expect(bytesOf(over(third, 1))).toBe(500);
      expect(bench.switches).toEqual([1]);
    },
  );

  it('asks over the better way, and takes it back when the peer answers', () => {
    const bench = new Bench([LOSSY, LOSSY]);
    bench.answering = 1;
    bench.offer(500);
    bench.step();
    bench.pass(MINUTE, () => bench.timeouts === 3);
    const asked = over(bench.pass(bench.now + MINUTE), 0);
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.length).toBeLessThan(12);
    expect(bytesOf(asked)).toBe(0);
    expect(withPieces(bench.step(() => bench.offer(300)))[0]?.way).toBe(1);
    bench.acknowledge(asked.slice(-1));
    expect(withPieces(bench.step(() => bench.offer(400)))[0]?.way).toBe(0);
  });

  it('does not send twice what is under way over a way that answers', () => {
    const bench = new Bench([LOSSY, LOSSY]);
    bench.offer(500);
    bench.step();
    const third = bench.pass(MINUTE, () => bench.timeouts === 3);
    bench.acknowledge(over(third, 1));
    const under = bench.step(() => bench.offer(300));
    expect(withPieces(under).map(({ way }) => way)).toEqual([1]);
    expect(bytesOf(bench.acknowledge(over(third, 0).slice(-1)))).toBe(0);
    const message = bench.outbox.get(2);
    bench.acknowledge(under);
    expect(message?.isWhole).toBe(true);
  });

  it('goes on to a third way when two are silent (R-146)', () => {
    const bench = new Bench([LOSSY, LOSSY, CUSTODY]);
    bench.offer(500);
    bench.step();
    const sent = bench.pass(MINUTE, () => bench.switches.length === 2);
    expect(bench.switches).toEqual([1, 2]);
    expect(bytesOf(over(sent, 2))).toBe(500);
    expect(bench.now).toBeLessThanOrEqual(2 * 1.2 * 1_750 * MS);
    expect(bench.now).toBeGreaterThanOrEqual(2 * 0.8 * 1_750 * MS);
  });

  it('leaves a way at once that its carrier closes, with what is under way (R-082)', () => {
    const bench = new Bench([LOSSY, LOSSY]);
    bench.offer(3_000);
    expect(bytesOf(over(bench.step(), 0))).toBe(3_000);
    const sent = bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    expect(bytesOf(over(sent, 1))).toBe(3_000);
    expect(over(sent, 0)).toEqual([]);
    const later = bench.step(() => {
      bench.ways.turn(bench.now, 0, 'open');
      bench.offer(100);
    });
    expect(withPieces(later).map(({ way }) => way)).toEqual([0]);
  });

  it('tells when the peer is reached over no way any more, and when over one again', () => {
    const bench = new Bench([LOSSY, LOSSY]);
    bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    expect(bench.reached).toEqual([]);
    bench.step(() => bench.ways.turn(bench.now, 1, 'closed'));
    bench.step(() => bench.ways.turn(bench.now, 1, 'closed'));
    expect(bench.reached).toEqual(['closed']);
    bench.step(() => bench.ways.turn(bench.now, 0, 'open'));
    expect(bench.reached).toEqual(['closed', 'open']);
  });

  it('asks at once over a silent way that its carrier opens', () => {
    const bench = new Bench([LOSSY, LOSSY]);
    bench.offer(500);
    bench.step();
    bench.pass(MINUTE);
    expect(bench.ways.nextAt()).toBeGreaterThan(bench.now);
    bench.ways.turn(bench.now, 0, 'open');
    expect(bench.ways.nextAt()).toBe(bench.now);
    const at = bench.now;
    expect(over(bench.pass(at), 0).length).toBe(1);
  });
});

describe('a carrier whose word is enough', () => {
  it('gets a whole message in one packet, with the rest of its time', () => {
    const bench = new Bench([CUSTODY]);
    bench.now = 3 * SECOND;
    bench.offer(2 * MIB, { lifetimeNs: 20 * MINUTE });
    bench.now = 8 * SECOND;
    const sent = bench.step();
    expect(sent.length).toBe(1);
    expect(bytesOf(sent)).toBe(2 * MIB);
    expect(sent[0]?.wishes).toEqual({
      lifetime: 20 * MINUTE - 5 * SECOND,
      priority: 1,
      tolerant: true,
    });
  });

  it('gets priorities 0, 1, 2, 2 for 0, 1, 2, 3, the highest first', () => {
    const bench = new Bench([CUSTODY]);
    const sent = bench.step(() => {
      for (const priority of [0, 1, 2, 3]) bench.offer(100, { priority });
    });
    const told = sent.map(({ packet, wishes }) => [packet.pieces[0]?.number, wishes.priority]);
    expect(told).toEqual([
      [4, 2],
      [3, 2],
      [2, 1],
      [1, 0],
    ]);
  });

  it.each(['ok', undefined])('gets nothing again before the deadline, answered %s', (outcome) => {
    const bench = new Bench([CUSTODY]);
    const sent = bench.step(() => bench.offer(100_000));
    if (outcome !== undefined) bench.answer(sent[0] as Sent, outcome);
    expect(bench.pass(15 * MINUTE)).toEqual([]);
    expect(bench.sent.length).toBe(1);
  });

  it('has no more than 1 MiB and a message that it has not answered', () => {
    const bench = new Bench([CUSTODY]);
    const sent = bench.step(() => {
      for (let index = 0; index < 4; index += 1) bench.offer(600_000);
    });
    expect(sent.length).toBe(2);
    expect(bench.pass(MINUTE)).toEqual([]);
    expect(bench.answer(sent[0] as Sent, 'ok').length).toBe(1);
    expect(bench.answer(sent[1] as Sent, 'ok').length).toBe(1);
  });

  it('that refuses is asked after 250 ms, doubled up to 10 s, each spread by a fifth', () => {
    const waits = new Set<number>();
    for (const seed of [1, 2, 3, 4]) {
      const bench = new Bench([CUSTODY], seed);
      let sent = bench.step(() => bench.offer(1_000));
      for (const ms of [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
        expect(bench.answer(sent[0] as Sent, 'no-room')).toEqual([]);
        const from = bench.now;
        const before = bench.sent.length;
        sent = bench.pass(from + MINUTE, () => bench.sent.length > before);
        expect(bytesOf(sent)).toBe(1_000);
        expect(bench.now - from).toBeGreaterThanOrEqual(0.8 * ms * MS);
        expect(bench.now - from).toBeLessThanOrEqual(1.2 * ms * MS);
        waits.add((bench.now - from) / ms);
      }
      bench.answer(sent[0] as Sent, 'ok');
      const [next] = bench.step(() => bench.offer(1_000));
      expect(bench.answer(next as Sent, 'no-room')).toEqual([]);
      expect(bench.ways.nextAt() - bench.now).toBeLessThanOrEqual(300 * MS);
    }
    expect(waits.size).toBeGreaterThan(10);
  });

  it('that takes one message after it refused another gets the other at once', () => {
    const bench = new Bench([CUSTODY]);
    const sent = bench.step(() => [bench.offer(1_000), bench.offer(2_000)]);
    bench.answer(sent[0] as Sent, 'no-room');
    expect(bytesOf(bench.answer(sent[1] as Sent, 'ok'))).toBe(1_000);
  });
});

describe('news', () => {
  const hasNews = (sent: readonly Sent[]): readonly Sent[] =>
    sent.filter(({ packet }) => packet.news !== undefined);

  it('leave alone after 10 ms, and not before', () => {
    const bench = new Bench([LOSSY]);
    expect(bench.step(() => bench.ways.newsAt(10 * MS))).toEqual([]);
    expect(bench.pass(10 * MS - 1)).toEqual([]);
    expect(hasNews(bench.pass(10 * MS)).length).toBe(1);
  });

  it('go with a message that leaves before, and not again', () => {
    const bench = new Bench([LOSSY]);
    bench.step(() => bench.ways.newsAt(10 * MS));
    const sent = bench.step(() => bench.offer(100));
    expect(hasNews(sent).length).toBe(1);
    bench.acknowledge(sent);
    expect(hasNews(bench.pass(100 * MS))).toEqual([]);
  });

  it('are told again when their packet is lost', () => {
    const bench = new Bench([LOSSY]);
    const lost = bench.step(() => bench.ways.newsAt(0));
    expect(hasNews(lost).length).toBe(1);
    const others = [1, 2, 3].flatMap(() => bench.step(() => bench.offer(1_100)));
    expect(hasNews(others)).toEqual([]);
    expect(hasNews(bench.acknowledge(others)).length).toBe(1);
  });

  it('are given up after ten time-outs if no message waits', () => {
    const bench = new Bench([LOSSY]);
    bench.step(() => bench.ways.newsAt(0));
    bench.pass(60 * MINUTE);
    expect(hasNews(bench.sent).length).toBe(11);
    expect(bench.sent.length).toBe(11);
    expect(bench.ways.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('are asked for while a message is whole at a peer that says nothing of it', () => {
    const bench = new Bench([LOSSY]);
    let sent = bench.step(() => bench.offer(100));
    expect(sent[0]?.packet.asksNews).toBe(false);
    for (const ms of [250, 500, 1_000, 2_000]) {
      const from = bench.now;
      expect(bench.acknowledge(sent)).toEqual([]);
      const before = bench.sent.length;
      sent = bench.pass(from + MINUTE, () => bench.sent.length > before);
      expect(sent.map(({ packet }) => [packet.asksNews, packet.pieces.length])).toEqual([
        [true, 0],
      ]);
      expect(bench.now - from).toBeGreaterThanOrEqual((10 + 0.8 * ms) * MS);
      expect(bench.now - from).toBeLessThanOrEqual((10 + 1.2 * ms) * MS);
    }
    bench.outbox.over(bench.outbox.get(1) as OutgoingMessage<never>);
    bench.ways.heard(bench.now);
    bench.acknowledge(sent);
    expect(bench.pass(bench.now + MINUTE)).toEqual([]);
  });
});

describe('packets without messages', () => {
  it('were urgent, so that carriers which repeat them kept messages behind them', () => {
    const bench = new Bench([LOSSY]);
    const [news] = bench.step(() => bench.ways.newsAt(bench.now));
    const [message] = bench.step(() => bench.offer(100));
    expect(news?.packet.pieces).toEqual([]);
    expect([news, message].map((sent) => sent?.wishes.priority)).toEqual([1, 1]);
  });

  it('filled the list of what is under way when a peer asked for them and confirmed none', () => {
    const bench = new Bench([LOSSY]);
    for (let asked = 0; asked < 10_000; asked += 1) bench.step(() => bench.ways.newsAt(bench.now));
    expect(bench.sent.length).toBeGreaterThan(10);
    expect(bench.sent.length).toBeLessThan(400);
    // They leave with what the time-outs send.
    const later = bench.pass(MINUTE);
    expect(later.some(({ packet }) => packet.news !== undefined)).toBe(true);
  });

  it('left again in the same instant when their carrier refused them', () => {
    const bench = new Bench([CUSTODY]);
    const [first] = bench.step(() => bench.ways.newsAt(bench.now));
    if (first === undefined) throw new Error('nothing was sent');
    expect(bench.answer(first, 'queue-full')).toEqual([]);
    expect(bench.ways.nextAt()).toBeGreaterThanOrEqual(0.8 * 250 * MS);
    const again = bench.pass(SECOND);
    expect(again.map(({ packet }) => packet.news?.contiguous)).toEqual([5]);
  });

  it('piled up at a carrier that never answers', () => {
    const bench = new Bench([CUSTODY]);
    for (let asked = 0; asked < 25_000; asked += 1) bench.step(() => bench.ways.newsAt(bench.now));
    const bytes = bench.sent.length * 43;
    expect(bytes).toBeGreaterThan(MIB);
    expect(bytes).toBeLessThan(MIB + 100);
  });

  it('confirm a challenge until the peer has heard, and begin anew for another one only', () => {
    const bench = new Bench([LOSSY]);
    const [nonce, other] = [5, 6].map((byte) => new Uint8Array(8).fill(byte)) as [
      Uint8Array,
      Uint8Array,
    ];
    expect([nonce, nonce, other].map((one) => bench.ways.confirm(one))).toEqual([
      true,
      false,
      true,
    ]);
    bench.ways.heard(0);
    expect(bench.ways.confirm(other)).toBe(true);
  });

  it('ask a peer to confirm a memory, and ask again when the carrier refused to', () => {
    const bench = new Bench([CUSTODY]);
    const challenge = { memory: MEMORY, life: 3, nonce: new Uint8Array(8).fill(5) };
    const [asked] = bench.step(() => bench.ways.challenge(0, challenge));
    if (asked === undefined) throw new Error('nothing was sent');
    expect(bench.answer(asked, 'queue-full')).toEqual([]);
    const again = bench.pass(SECOND);
    expect(again.map(({ packet }) => packet.challenge)).toEqual([challenge]);
  });
});
