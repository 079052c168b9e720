import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import {
  MeasuredRows,
  ReportingMeter,
} from '../../../../runner/distributed/agent/reporting-meter.ts';
import { RowBuffer } from '../../../../runner/distributed/agent/row-buffer.ts';
import {
  ARRIVED_ROW_WIDTH,
  SENT_ROW_WIDTH,
} from '../../../../runner/distributed/messages/messages.ts';
import {
  type GroundTruth,
  TRUTH_KINDS,
  TruthWriter,
} from '../../../../runner/traffic/ground-truth.ts';
import type { Flow } from '../../../../runner/traffic/traffic-source.ts';

describe('RowBuffer', () => {
  it('keeps every row while it grows, and is empty after it was taken', () => {
    const buffer = new RowBuffer(3);
    const rows = 2_000;
    for (let row = 0; row < rows; row += 1) {
      const at = buffer.add();
      for (let column = 0; column < 3; column += 1) buffer.values[at + column] = row * 3 + column;
    }
    const taken = buffer.take();
    expect(taken).toEqual(Float64Array.from({ length: rows * 3 }, (_, index) => index));
    expect(buffer.take()).toHaveLength(0);
  });

  it('gives a copy that later rows leave alone', () => {
    const buffer = new RowBuffer(1);
    buffer.values[buffer.add()] = 1;
    const taken = buffer.take();
    buffer.values[buffer.add()] = 2;
    expect([...taken]).toEqual([1]);
    expect([...buffer.take()]).toEqual([2]);
  });
});

/** The part of a flow that a receiver needs. */
function flowOf(pattern: object, answered: number[] = []): Flow {
  return {
    spec: { pattern },
    nextSequence: 0,
    respond: (sequence: number) => answered.push(sequence),
  } as unknown as Flow;
}

function packet(truth: GroundTruth): Uint8Array {
  const bytes = new Uint8Array(100);
  new TruthWriter(openRandomStream(1, 'test', 'body')).write(bytes, truth);
  return bytes;
}

describe('MeasuredRows', () => {
  const rowsOf = (): MeasuredRows =>
    new MeasuredRows(['bob'], (host) => ['alice', 'bob'].indexOf(host));

  it('writes down what was sent under the number that the flow has counted', () => {
    const rows = rowsOf();
    const flow = flowOf({ kind: 'constant' });
    const meter = new ReportingMeter([flow, flow, flow, flow], 3, rows, 0);
    flow.nextSequence = 8;
    meter.sent(500);
    flow.nextSequence = 9;
    meter.sent(600);
    const { sent, arrived } = rows.take();
    expect([...sent]).toEqual([3, 7, 500, 3, 8, 600]);
    expect(sent.length % SENT_ROW_WIDTH).toBe(0);
    expect(arrived).toHaveLength(0);
  });

  it('writes down where, what and when something arrived', () => {
    const rows = rowsOf();
    const bytes = packet({ flow: 0, kind: 'data', sequence: 41, sentNs: 1_000 });
    rows.delivered('bob', bytes, { flows: [flowOf({ kind: 'constant' })], now: 2_500 });
    const { arrived } = rows.take();
    expect([...arrived]).toEqual([1, 0, 0, 41, 1_000, 2_500]);
    expect(arrived).toHaveLength(ARRIVED_ROW_WIDTH);
    const again = { flows: [flowOf({ kind: 'constant' })], now: 2_600, isAgain: true };
    rows.delivered('bob', bytes, again);
    expect([...rows.take().arrived]).toEqual([1, 0, TRUTH_KINDS.length, 41, 1_000, 2_600]);
  });

  it('answers a request at its receiver, and nothing else', () => {
    const rows = rowsOf();
    const answered: number[] = [];
    const flows = [flowOf({ kind: 'request-response', responseBytes: 64 }, answered)];
    for (const kind of ['request', 'response', 'data'] as const) {
      const bytes = packet({ flow: 0, kind, sequence: 5, sentNs: 0 });
      rows.delivered('bob', bytes, { flows, now: 1 });
    }
    expect(answered).toEqual([5]);
    expect(rows.take().arrived).toHaveLength(3 * ARRIVED_ROW_WIDTH);
  });

  it('counts bytes that no flow explains, and damaged ones, without a row', () => {
    const rows = rowsOf();
    const flows = [flowOf({ kind: 'constant' })];
    const unknown = packet({ flow: 7, kind: 'data', sequence: 0, sentNs: 0 });
    const damaged = packet({ flow: 0, kind: 'data', sequence: 0, sentNs: 0 });
    damaged[90] = damaged[90]! ^ 1;
    for (const bytes of [unknown, damaged, new Uint8Array(3)]) {
      rows.delivered('bob', bytes, { flows, now: 1 });
    }
    expect(rows.damaged).toBe(3);
    expect(rows.take().arrived).toHaveLength(0);
  });
});

it('a source in another process counts what was refused after the warm-up, as one in this process does', () => {
  const meter = new ReportingMeter([], 0, new MeasuredRows([], () => 0), 1_000);
  meter.noteRefused(999, 'queue-full');
  expect(meter.refused).toBe(0);
  meter.noteRefused(1_000, 'queue-full');
  meter.noteRefused(5_000, 'queue-full');
  expect(meter.refused).toBe(2);
  expect([...meter.refusals]).toEqual([['queue-full', 2]]);
});
