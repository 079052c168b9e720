/**
 * How late a live run was, per hand-over and per packet, as metrics and in words.
 *
 * `live.lateness` ends when a datagram is written to a socket; only these metrics include its wait
 * until the receiving node has a turn. They cover sampled datagrams after the warm-up.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { HandoverBook } from '../../engine/live/handover/handover-book.ts';
import type { LogHistogram } from '../../engine/measure/histogram.ts';
import type { MetricData } from '../../reports/model.ts';
import type { Scenario } from '../model.ts';

/** Metrics of followed datagrams and packets. */
export const HANDOVER_METRICS: readonly MetricDefinition[] = [
  {
    name: 'live.hop_lateness',
    kind: 'histogram',
    unit: 'ns',
    help: 'end of a pipe was due to datagram taken by the handler of the receiving node, per hop; sampled after warm-up',
  },
  {
    name: 'live.socket_wait',
    kind: 'histogram',
    unit: 'ns',
    help: 'datagram written to the socket to datagram taken by the handler of the receiving node, per hop; sampled after warm-up',
  },
  {
    name: 'live.way_lateness',
    kind: 'histogram',
    unit: 'ns',
    help: 'lateness of the turn of the source and of every hop, added up for each sampled packet of an application that was seen on its whole way',
  },
  {
    name: 'live.way_links',
    kind: 'histogram',
    unit: 'ns',
    help: 'time of each of those packets on emulated links, queues included',
  },
  {
    name: 'live.on_time_latency',
    kind: 'histogram',
    unit: 'ns',
    help: 'latency of each of those packets less its own lateness: what it would have taken on time',
  },
  {
    name: 'live.samples',
    kind: 'counter',
    unit: 'count',
    help: 'datagrams of which the sender noted that they left, after warm-up',
  },
  {
    name: 'live.samples_unmatched',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams that were noted at one end only: lost, or the note was',
  },
  {
    name: 'live.samples_ambiguous',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams with the last bytes of another on the same hop: copies, and constant bytes',
  },
  {
    name: 'live.samples_across',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams between machines, whose clocks are not one: not measured',
  },
  {
    name: 'live.samples_unfollowed',
    kind: 'counter',
    unit: 'count',
    help: 'sampled packets of applications that were not recognised on their whole way',
  },
];

/** Makes the book of hand-overs for the measured time of a scenario. */
export function handoverBook({ warmupNs, durationNs }: HandoverTime): HandoverBook {
  return new HandoverBook({ fromNs: warmupNs, untilNs: durationNs });
}

type HandoverTime = Pick<Scenario, 'warmupNs' | 'durationNs'>;

/** The metrics of a book that is complete. */
export function handoverMetrics(book: HandoverBook): Readonly<Record<string, MetricData>> {
  const { hop, wait, way, links, onTime, counts } = book;
  const histogram = (of: LogHistogram): MetricData => ({ kind: 'histogram', data: of.data() });
  const counter = (value: number): MetricData => ({ kind: 'counter', value });
  return {
    'live.hop_lateness': histogram(hop),
    'live.socket_wait': histogram(wait),
    'live.way_lateness': histogram(way),
    'live.way_links': histogram(links),
    'live.on_time_latency': histogram(onTime),
    'live.samples': counter(counts.sampled),
    'live.samples_unmatched': counter(counts.unmatched),
    'live.samples_ambiguous': counter(counts.ambiguous),
    'live.samples_across': counter(counts.across),
    'live.samples_unfollowed': counter(counts.unfollowed),
  };
}
