/**
 * An interval of a trace as trace events: begin and end events match, each state lasts until the
 * next, and nothing is outside the interval. @module
 */
import { describe, expect, it } from 'vitest';
import { exportPerfetto } from '../../../../viz/app/data/perfetto.ts';
import type { TraceClient } from '../../../../viz/app/data/trace-client.ts';
import { QUERY_HANDLERS, readTraceInfo } from '../../../../viz/app/data/trace-queries.ts';
import { isFailure } from '../../../../viz/format/failure.ts';
import { opened, TraceLab } from '../format/trace-lab.ts';

interface Event {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  readonly id?: string;
  readonly ts?: number;
  readonly dur?: number;
}
const MS = 1_000_000;

async function eventsOf(lab: TraceLab, fromNs: number, toNs: number): Promise<readonly Event[]> {
  const trace = await opened(lab.finish());
  const info = await readTraceInfo(trace, 0);
  if (isFailure(info)) throw new Error(info.message);
  const ask = (name: keyof typeof QUERY_HANDLERS, asked: never): unknown =>
    QUERY_HANDLERS[name](trace, asked);
  const client = { info, ask } as unknown as TraceClient;
  const file = JSON.parse(await exportPerfetto(client, { fromNs, toNs })) as {
    readonly traceEvents: readonly Event[];
    readonly otherData: Readonly<Record<string, unknown>>;
  };
  expect(file.otherData).toMatchObject({ run: 'lab', seed: 7, packetsLeftOut: 0 });
  return file.traceEvents;
}

describe('R-241: the range in Perfetto’s format', () => {
  const lab = new TraceLab(2, 'full');
  lab.recorder.state(0, 1, 'bfd', 'down');
  for (let ms = 0; ms < 10; ms += 1) {
    if (ms === 4) lab.recorder.state(lab.clock.now, 1, 'bfd', 'up');
    const packet = lab.send(0, 100);
    lab.advance(MS / 2);
    if (ms === 6) lab.lose(packet, 2);
    else lab.arrive(packet);
    lab.advance(MS / 2);
  }
  lab.recorder.span(3 * MS, 8 * MS, 1, 'handshake');
  lab.recorder.mark(5 * MS, 2, 'done');
  const events = eventsOf(lab, 2 * MS, 9 * MS);
  const of = async (cat: string): Promise<readonly Event[]> =>
    (await events).filter((event) => event.cat === cat);

  it('has a begin and an end for each packet that arrived, at its instants in us', async () => {
    const packets = await of('n0->n1');
    expect(packets.filter(({ ph }) => ph === 'b').map(({ ts }) => ts)).toEqual([
      2_000, 3_000, 4_000, 5_000, 7_000, 8_000,
    ]);
    const ends = new Map(packets.filter(({ ph }) => ph === 'e').map(({ id, ts }) => [id, ts]));
    for (const { ph, id, ts = 0 } of packets) if (ph === 'b') expect(ends.get(id)).toBe(ts + 500);
    expect((await of('loss')).map(({ name, ts }) => [name, ts])).toEqual([['loss', 6_500]]);
  });

  it('has the state at its begin, and each one until the next', async () => {
    expect((await of('state')).map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ['down', 2_000, 2_000],
      ['up', 4_000, 5_000],
    ]);
  });

  it('has procedures and marks, and names every process and thread that it uses', async () => {
    expect((await of('procedure')).map(({ ph, ts }) => [ph, ts])).toEqual([
      ['b', 3_000],
      ['e', 8_000],
    ]);
    expect((await of('mark')).map(({ name, ts }) => [name, ts])).toEqual([['done', 5_000]]);
    const all = await events;
    const named = new Set(all.filter(({ name }) => name === 'process_name').map(({ pid }) => pid));
    expect(all.every(({ pid }) => named.has(pid))).toBe(true);
  });
});
