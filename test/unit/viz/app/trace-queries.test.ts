/**
 * The answers to queries of the pages, compared with the data that were written to the trace.
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { isPacketInSample } from '../../../../viz/app/data/hop-columns.ts';
import { LatestQuerySender } from '../../../../viz/app/data/latest.ts';
import type {
  QueryAnswer,
  QueryName,
  QueryParameters,
  TraceInfo,
} from '../../../../viz/app/data/trace-answers.ts';
import { QUERY_HANDLERS, readTraceInfo } from '../../../../viz/app/data/trace-queries.ts';
import type { TraceFile } from '../../../../viz/format/trace-file.ts';
import { good, opened, TraceLab } from '../format/trace-lab.ts';

const MS = 1_000_000;

/** 2 s with a packet every millisecond that takes 0.5 ms, and a fault in the middle. */
function lab(): TraceLab {
  const made = new TraceLab(3, 'full');
  const fault = { id: 'cut#1', text: 'link-1 down', targets: ['link-1'] };
  for (let ms = 0; ms < 2_000; ms += 1) {
    if (ms === 1_000) made.recorder.faultBegan(fault, made.clock.now);
    if (ms % 100 === 0) made.recorder.state(made.clock.now, 1, 'bfd', `state ${ms}`);
    const packet = made.send(ms % 3, 100);
    made.advance(MS / 2);
    made.arrive(packet);
    made.advance(MS / 2);
  }
  made.recorder.span(100 * MS, 900 * MS, 1, 'handshake');
  made.recorder.series({ name: 'sent', unit: 'packets', binNs: 1e8 }, 0, [1, null, 3]);
  made.recorder.packet(0, Uint8Array.of(1, 2, 3), { packet: 5, trail: 0, link: 0, node: 0 });
  return made;
}

describe('the queries', () => {
  let trace: TraceFile;
  let info: TraceInfo;
  const ask = async <Q extends QueryName>(
    question: Q,
    asked: QueryParameters<Q>,
  ): Promise<QueryAnswer<Q>> =>
    good(await QUERY_HANDLERS[question](trace, asked)) as QueryAnswer<Q>;

  beforeAll(async () => {
    trace = await opened(lab().finish());
    info = good(await readTraceInfo(trace, 123)) as TraceInfo;
  });

  it('knows nodes, links, faults and counts at once', () => {
    expect(info.bytes).toBe(123);
    expect(info.links).toHaveLength(3);
    expect(info.counts['hop']).toBe(2_000);
    expect(info.faults).toEqual([
      { timeNs: 1_000 * MS, kind: 'begin', target: 'link-1', text: 'link-1 down' },
    ]);
  });

  it('gives the packets that were under way in a window, those that began before it too', async () => {
    const hops = await ask('hops', { fromNs: 10.2 * MS, toNs: 12 * MS });
    expect([...hops.departNs]).toEqual([10 * MS, 11 * MS]);
    expect([...hops.arriveNs]).toEqual([10.5 * MS, 11.5 * MS]);
    expect([hops.rows, hops.total]).toEqual([2, 2]);
  });

  it('sums up for the panel: the longest wait of each link, and the losses of a node', async () => {
    const window = { fromNs: 100 * MS, toNs: 400 * MS };
    const hops = await ask('hops', window);
    const longest = [0, 1, 2].map((link) =>
      Math.max(...hops.queueNs.filter((_, row) => hops.link[row] === link)),
    );
    expect(await ask('waits', { ...window, links: [0, 1, 2, 9] })).toEqual([...longest, -1]);
    const lossy = new TraceLab(2, 'full');
    for (let at = 0; at < 25_000; at += 1) lossy.lose(lossy.send(0, 100), at % 2 === 0 ? 2 : 3);
    const file = await opened(lossy.finish());
    const [first] = good(await QUERY_HANDLERS.drops(file, { fromNs: 0, toNs: 1 }));
    const node = first?.node ?? -1;
    // The panel counted the first 20,000 losses of the run and no more.
    const lost = good(await QUERY_HANDLERS.losses(file, { node, toNs: 1 }));
    expect(lost.reduce((sum, [, count]) => sum + count, 0)).toBe(25_000);
    expect(lost).toHaveLength(2);
    expect(await QUERY_HANDLERS.losses(file, { node: 77, toNs: 1 })).toEqual([]);
  });

  it('was slow where one packet had been slow: reads no block that has nothing under way', async () => {
    const slow = new TraceLab(1, 'full');
    const packet = slow.send(0, 100);
    slow.advance(900 * MS);
    slow.arrive(packet);
    for (let at = 0; at < 60_000; at += 1) {
      const next = slow.send(0, 100);
      slow.advance(MS / 10);
      slow.arrive(next);
    }
    const file = await opened(slow.finish());
    const ranges = good(await file.rowsUnderWay(5_000 * MS, 5_000 * MS + 1, 0));
    const rows = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(file.blocksOf('hop').length).toBeGreaterThan(3);
    expect([rows >= 1, rows < 10]).toEqual([true, true]);
    const hops = good(await QUERY_HANDLERS.hops(file, { fromNs: 500 * MS, toNs: 500 * MS + 1 }));
    expect(hops.rows).toBe(1);
  });

  it('thins by packet when there are too many', async () => {
    const hops = await ask('hops', { fromNs: 0, toNs: 2_000 * MS, rowsMax: 500 });
    expect(hops.total).toBe(2_000);
    expect(hops.rows).toBeGreaterThan(350);
    expect(hops.rows).toBeLessThan(650);
    expect([...hops.packet].every((packet) => isPacketInSample(packet, 4))).toBe(true);
  });

  it('follows one packet', async () => {
    const hops = await ask('hops', { fromNs: 20 * MS, toNs: 20.6 * MS });
    const packet = hops.packet[0] ?? -1;
    const own = await ask('hopsOfPacket', { packet, fromNs: 0, toNs: 2_000 * MS });
    expect([...own.departNs]).toContain(20 * MS);
    expect(new Set(own.packet)).toEqual(new Set([packet]));
  });

  it('gives states, spans, series and bytes', async () => {
    const states = await ask('stateAt', { timeNs: 250 * MS });
    expect(states).toEqual([[1, [['bfd', 'state 200']]]]);
    expect(await ask('spans', { fromNs: 500 * MS, toNs: 600 * MS })).toMatchObject([
      { node: 1, name: 'handshake', startNs: 100 * MS, endNs: 900 * MS },
    ]);
    expect(await ask('spans', { fromNs: 950 * MS, toNs: 990 * MS })).toEqual([]);
    expect([...(await ask('series', { name: 'sent' })).value]).toEqual([1, 3]);
    expect(await ask('captures', { packet: 5 })).toMatchObject([{ bytes: Uint8Array.of(1, 2, 3) }]);
  });

  it('gives the changes of states in a window, its end left out', async () => {
    const rows = await ask('changes', { fromNs: 500 * MS, toNs: 700 * MS });
    expect(rows).toEqual([
      { timeNs: 500 * MS, node: 1, machine: 'bfd', state: 'state 500' },
      { timeNs: 600 * MS, node: 1, machine: 'bfd', state: 'state 600' },
    ]);
  });

  it('counts what came to each node without visiting packets', async () => {
    const density = await ask('density', { fromNs: 500 * MS, toNs: 1_500 * MS, binsMax: 10 });
    expect([density.startNs, density.binNs, density.bins]).toEqual([500 * MS, 100 * MS, 10]);
    expect(density.count.reduce((sum, one) => sum + one, 0)).toBe(1_000);
    const targets = new Set(info.links.map(({ to }) => to));
    for (let node = 0; node < info.nodes.length; node += 1) {
      const row = density.count.slice(node * 10, node * 10 + 10);
      expect(row.some((one) => one > 0)).toBe(targets.has(node));
    }
  });

  it('finds the event before and after an instant, and none at the ends', async () => {
    const at = 20.3 * MS;
    expect(await ask('neighbour', { timeNs: at, direction: 'after' })).toBe(21 * MS);
    expect(await ask('neighbour', { timeNs: at, direction: 'before' })).toBe(20 * MS);
    expect(await ask('neighbour', { timeNs: 0, direction: 'before' })).toBeUndefined();
    expect(await ask('neighbour', { timeNs: 3_000 * MS, direction: 'after' })).toBeUndefined();
  });
});

it('asks for what is wanted now, and not for what was wanted in between', async () => {
  const asked: number[] = [];
  const told: number[] = [];
  await new Promise<void>((done) => {
    const latest = new LatestQuerySender(
      (one: number) => {
        asked.push(one);
        return Promise.resolve(one);
      },
      {
        tell: (one): void => {
          told.push(one);
          if (one === 4) done();
        },
        fail: (): void => undefined,
      },
    );
    for (const one of [1, 2, 3, 4]) latest.want(one);
  });
  expect([asked, told]).toEqual([
    [1, 4],
    [1, 4],
  ]);
});
