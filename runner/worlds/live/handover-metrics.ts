/**
 * How late a live run was, per hand-over and per packet, as metrics.
 *
 * `live.lateness` ends when a datagram is written to a socket; only the metrics here include its wait
 * until the handler of the receiving node runs. They are about sampled datagrams after the warm-up.
 *
 * @module
 */
import { HandoverMatcher } from '../../../engine/live/handover/handover-matcher.ts';
import type { LogHistogram } from '../../../engine/measure/histogram.ts';
import type { MetricData } from '../../../reports/model.ts';
import type { Scenario } from '../../../scenarios/model.ts';

/**
 * Makes the matcher that measures how late datagrams reach their handlers, from the end of the warm-up
 * to the end of the run.
 */
export function makeHandoverMatcher({ warmupNs, durationNs }: HandoverTime): HandoverMatcher {
  return new HandoverMatcher({ fromNs: warmupNs, untilNs: durationNs });
}

type HandoverTime = Pick<Scenario, 'warmupNs' | 'durationNs'>;

/** The metrics of a matcher that has all its samples. */
export function handoverMetrics(matcher: HandoverMatcher): Readonly<Record<string, MetricData>> {
  const { hop, wait, way, links, onTime, counts } = matcher;
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
