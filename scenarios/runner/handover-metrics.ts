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
    help:
      'time from when a datagram is due at the end of its link until the handler of the ' +
      'receiving node takes it, per hop; sampled after warm-up',
  },
  {
    name: 'live.socket_wait',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from writing a datagram to the socket until the handler of the receiving node ' +
      'takes it, per hop; sampled after warm-up',
  },
  {
    name: 'live.way_lateness',
    kind: 'histogram',
    unit: 'ns',
    help:
      'lateness of the source and of every hop, summed for each sampled application ' +
      'packet ' +
      'that was seen on its whole path',
  },
  {
    name: 'live.way_links',
    kind: 'histogram',
    unit: 'ns',
    help: 'time that each of those packets spent on emulated links, queues included',
  },
  {
    name: 'live.on_time_latency',
    kind: 'histogram',
    unit: 'ns',
    help:
      'latency of each of those packets minus its own lateness: its latency on a machine ' +
      'that is never late',
  },
  {
    name: 'live.samples',
    kind: 'counter',
    unit: 'count',
    help: 'datagrams whose departure the sender recorded, after warm-up',
  },
  {
    name: 'live.samples_unmatched',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams recorded at only one end, because the datagram or the record was lost',
  },
  {
    name: 'live.samples_ambiguous',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams that end in the same bytes as another on the same hop, such as copies',
  },
  {
    name: 'live.samples_across',
    kind: 'counter',
    unit: 'count',
    help:
      'sampled datagrams between machines, which are not measured because the machines ' +
      'have ' +
      'separate clocks',
  },
  {
    name: 'live.samples_unfollowed',
    kind: 'counter',
    unit: 'count',
    help: 'sampled application packets that were not recognised on their whole path',
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
