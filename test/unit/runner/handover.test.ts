/**
 * How many packets of a run are sampled, which deliveries count, and what the report says about
 * them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import {
  DatagramTimings,
  NOT_SAMPLED,
  SAMPLE_KIND_DELIVERED,
} from '../../../engine/live/handover/handover-samples.ts';
import { LogHistogram } from '../../../engine/measure/histogram.ts';
import type { MetricData } from '../../../reports/model.ts';
import { TruthWriter } from '../../../runner/traffic/ground-truth.ts';
import {
  HandoverWitness,
  sampledDatagramMask,
} from '../../../runner/worlds/live/handover-witness.ts';
import { latenessWarning, sampleWarning } from '../../../runner/worlds/live/handover-words.ts';
import { liveWarnings } from '../../../runner/worlds/live/live-meter.ts';
import { load } from './fixture.ts';

const failover = load('failover.yaml');

describe('followed datagrams', () => {
  it('are one in 64 where much is sent or nobody knows how much, and all where little is', () => {
    const maskAt = (rate: string): number =>
      sampledDatagramMask(load('failover.yaml', { 'traffic.0.rate': rate }));
    expect(['100000/s', '10000/s', '1000/s', '199/s', '10/s'].map(maskAt)).toEqual([
      63, 63, 7, 0, 0,
    ]);
    expect(sampledDatagramMask(load('file-transfer.yaml'))).toBe(63);
  });

  it('give an application its packet: data of a flow of the file, while their handler runs', () => {
    const handovers = new DatagramTimings({ now: () => 0 });
    const witness = new HandoverWitness({ handovers, now: () => 900 }, failover);
    const packet = new Uint8Array(100);
    const writer = new TruthWriter(openRandomStream(1, 'test', 'body'));
    const deliver = (flow: number, kind: 'data' | 'response'): void => {
      writer.write(packet, { flow, kind, sequence: 4, sentNs: 300 });
      witness.delivered('gateway-211', 'gateway-111', packet);
    };
    handovers.begin(0, 0);
    deliver(0, 'data');
    handovers.current = 77;
    deliver(0, 'data');
    deliver(0, 'response');
    deliver(9, 'data');
    handovers.current = NOT_SAMPLED;
    const names = failover.topology.hosts.map(({ name }) => name);
    const hosts = ['gateway-111', 'gateway-211'].map((name) => names.indexOf(name));
    expect([...handovers.take().rows]).toEqual([SAMPLE_KIND_DELIVERED, 77, ...hosts, 300, 900, 0]);
  });
});

function late(...ns: number[]): MetricData {
  const histogram = new LogHistogram();
  for (const one of ns) histogram.record(one);
  return { kind: 'histogram', data: histogram.data() };
}

const count = (value: number): MetricData => ({ kind: 'counter', value });

describe('the words about lateness', () => {
  it('name links, sockets and whole packets when one of them was above a millisecond', () => {
    const metrics = {
      'live.lateness': late(70_000),
      'live.hop_lateness': late(3_200_000),
      'live.way_lateness': late(19_000_000),
    };
    expect(latenessWarning(metrics)).toBe(
      'links were late: p50 70 µs, p99 70 µs per hop; including the wait in sockets ' +
        'p50 3.20 ms, p95 3.20 ms, p99 3.20 ms per hop; p50 19 ms, p95 19 ms per packet over its whole path; ' +
        'the machine was busy, so latencies are higher than those of the links',
    );
    expect(latenessWarning({ 'live.lateness': late(70_000) })).toBeUndefined();
    expect(latenessWarning({ 'live.lateness': late() })).toBeUndefined();
  });

  it('blamed a busy machine for latencies of links that were off', () => {
    const metrics = { 'live.lateness': late(3_200_000) };
    const of = (shape: 'links' | 'off'): readonly string[] =>
      liveWarnings(metrics, { directStreams: 0, foreign: 0, shape });
    expect(of('links')).toEqual([expect.stringContaining('the machine was busy')]);
    expect(of('off')).toEqual([]);
  });

  it('name what became of samples that measured nothing, when they are many', () => {
    const of = (lost: number): Record<string, MetricData> => ({
      'live.samples': count(1_000),
      'live.samples_unmatched': count(lost),
      'live.samples_across': count(5),
    });
    expect(sampleWarning(of(15))).toBeUndefined();
    expect(sampleWarning(of(95))).toBe(
      'the lateness of hand-overs was measured for 900 datagrams; not measured: 95 seen at only one end, ' +
        '5 between machines, where hand-overs are not measured',
    );
  });
});
