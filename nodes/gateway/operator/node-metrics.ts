/**
 * Gateway: answers the request `metrics` with the measurements of the node, under the published
 * names (published-metrics.ts).
 *
 * Gauges are computed here at each request.
 *
 * @module
 */
import { isdAsOfWords } from '../../scion/index.ts';
import type { GatewayCounts } from '../application/counts.ts';
import { isAnswering } from '../multipath/is-answering.ts';
import type { ExplainedPath } from '../multipath/types.ts';
import type { Peer } from '../peer.ts';
import type { BucketCounts } from './bucket-counts.ts';
import type { Count, LabelledRow, LabelTable } from './label-table.ts';
import { KPI_SECONDS_MAX } from './last-minute.ts';
import type { GatewayMeasurements } from './measurements.ts';

const NS_PER_US = 1_000;
const NS_PER_S = 1e9;
const US_PER_S = 1e6;
const PREFIX = 'betanet_gateway_';

/**
 * Counts of a histogram: the number of values in each bucket, and last the number above all bounds.
 * The counts are not cumulative.
 */
export interface BucketValue {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** One series: the values of its labels in the order of the table, and its value. */
export interface MetricSeries {
  readonly labels: readonly string[];
  readonly value: number | BucketValue;
}

/** Series by the name of their metric. */
export type MetricSeriesByName = Readonly<Record<string, readonly MetricSeries[]>>;

/** The sources of the metrics. */
export interface NodeMetricsParts {
  readonly measured: GatewayMeasurements;
  readonly counts: GatewayCounts;
  readonly peers: readonly Peer[];
  readonly windows: number;
  /** Absent before the node has started. */
  readonly lookups: { readonly hits: number; readonly misses: number } | undefined;
  readonly nowNs: number;
  /** The number of seconds that the KPI gauges cover. */
  readonly seconds?: number | undefined;
}

/** Reads the metrics whose source is the node; metrics without a value so far are left out. */
export function readNodeMetrics(parts: NodeMetricsParts): MetricSeriesByName {
  const all = { ...gatewayMetrics(parts), ...sidecarMetrics(parts), ...kpiGauges(parts) };
  const folded = foldedLabels(parts.measured);
  const filled = { ...all, [`${PREFIX}folded_labels_total`]: folded };
  return Object.fromEntries(Object.entries(filled).filter(([, series]) => series.length > 0));
}

function gatewayMetrics({
  measured: m,
  counts,
  peers,
  windows,
  nowNs,
}: NodeMetricsParts): MetricSeriesByName {
  const paths = pathsOf(peers, nowNs, ({ name }) => name);
  const named: MetricSeriesByName = {
    packets_sent_total: countsOf(m.sent),
    packets_received_total: countsOf(m.received),
    packet_processing_seconds: timesOf(m.processing),
    packet_size_bytes: timesOf(m.sizes),
    paths_discovered_total: countsOf(m.discovered),
    paths_active: peers.map((peer) =>
      series(peer.status(nowNs).filter(isAnswering).length, peer.name),
    ),
    path_rtt_microseconds: paths(({ rttNs }) => (rttNs < 0 ? undefined : rttNs / NS_PER_US)),
    path_loss_rate: paths(({ rttNs, loss }) => (rttNs < 0 ? undefined : loss)),
    path_failovers_total: countsOf(m.failovers),
    sequence_validations_total: [series(validationsOf(counts))],
    replays_blocked_total: [series(counts.replay)],
    expired_sequences_total: [series(counts.expired)],
    future_sequences_total: [series(counts.future)],
    validation_time_microseconds: bucketsOf(m.checkTimes),
    active_windows: [series(windows)],
    aead_encryptions_total: countsOf(m.sealed),
    aead_decryptions_total: countsOf(m.opened),
    aead_auth_failures_total: [series(sumOf(m.opened, 'bad-auth'))],
    aead_key_rotations_total: [series(m.keyRotations)],
    aead_encryption_time_microseconds: bucketsOf(m.sealTimes),
    aead_decryption_time_microseconds: bucketsOf(m.openTimes),
    aead_active_sessions: [series(peers.filter(({ session }) => session.isOpen).length)],
    aead_bytes_encrypted_total: [series(m.sealedBytes)],
    aead_bytes_decrypted_total: [series(m.openedBytes)],
    encryption_operations_total: [
      series(sumOf(m.sealed, 'ok'), 'encrypt', 'ok'),
      series(sumOf(m.opened, 'ok'), 'decrypt', 'ok'),
      series(sumOf(m.opened, 'bad-auth'), 'decrypt', 'bad-auth'),
    ],
    failover_seconds: timesOf(m.failoverTimes),
    detection_seconds: timesOf(m.detectionTimes),
    probe_bytes_total: [series(m.probeBytes)],
    reorder_depth: bucketsOf(m.reordering),
  };
  return Object.fromEntries(Object.entries(named).map(([name, rows]) => [PREFIX + name, rows]));
}

function sidecarMetrics({
  measured: m,
  counts,
  peers,
  windows,
  lookups,
  nowNs,
}: NodeMetricsParts): MetricSeriesByName {
  const names = new Map(peers.map((peer) => [peer.name, isdAsOfWords(peer.end.isdAs)]));
  const byAs = (rows: readonly MetricSeries[], at = 0): readonly MetricSeries[] =>
    rows.map(({ labels, value }) => ({
      labels: labels.map((label, index) => (index === at ? (names.get(label) ?? label) : label)),
      value,
    }));
  const paths = pathsOf(peers, nowNs, ({ end }) => isdAsOfWords(end.isdAs));
  const { checkTimes } = m;
  const seconds = { counts: checkTimes.counts, sum: checkTimes.sum / US_PER_S };
  return {
    scion_packets_sent_total: byAs(countsOf(m.datagramsSent)),
    scion_packets_received_total: byAs(countsOf(m.datagramsReceived)),
    scion_bytes_sent_total: byAs(countsOf(m.datagramBytesSent)),
    scion_bytes_received_total: byAs(countsOf(m.datagramBytesReceived)),
    scion_packet_errors_total: countsOf(m.datagramErrors),
    scion_packet_send_duration_seconds: byAs(timesOf(m.sendTimes)),
    scion_packet_receive_duration_seconds: byAs(timesOf(m.receiveTimes)),
    scion_path_queries_total: countsOf(m.queries),
    scion_path_query_duration_seconds: timesOf(m.queryTimes),
    scion_path_cache_hits_total: [series(lookups?.hits ?? 0)],
    scion_path_cache_misses_total: [series(lookups?.misses ?? 0)],
    scion_paths_discovered_total: byAs(countsOf(m.discovered)),
    scion_paths_used_total: byAs(countsOf(m.used), 1),
    scion_path_rtt_seconds: paths(({ rttNs }) => (rttNs < 0 ? undefined : rttNs / NS_PER_S)),
    scion_path_loss_rate: paths(({ rttNs, loss }) => (rttNs < 0 ? undefined : loss)),
    scion_path_stability_score: paths(({ rttNs, stability }) =>
      rttNs < 0 ? undefined : stability,
    ),
    antireplay_validations_total: [series(validationsOf(counts))],
    antireplay_blocks_total: [series(counts.replay)],
    antireplay_future_rejected_total: [series(counts.future)],
    antireplay_expired_rejected_total: [series(counts.expired)],
    antireplay_validation_duration_seconds:
      checkTimes.sum === 0 ? [] : [{ labels: [], value: seconds }],
    antireplay_window_slides_total: [series(m.slides)],
    antireplay_window_updates_total: [series(counts.accepted)],
    antireplay_persistence_errors_total: [series(m.storeErrors)],
    antireplay_active_windows: [series(windows)],
  };
}

function kpiGauges({
  measured,
  nowNs,
  seconds = KPI_SECONDS_MAX,
}: NodeMetricsParts): MetricSeriesByName {
  const kpis = measured.lastMinute.read(nowNs, seconds);
  const optional = (value: number | undefined): readonly MetricSeries[] =>
    value === undefined ? [] : [series(value)];
  return {
    [`${PREFIX}throughput_packets_per_minute`]: [
      series(kpis.sentPerMinute, 'sent'),
      series(kpis.deliveredPerMinute, 'received'),
    ],
    [`${PREFIX}p95_latency_milliseconds`]: optional(kpis.latencyMsP95),
    [`${PREFIX}availability_percent`]: optional(kpis.availabilityPercent),
    [`${PREFIX}error_rate_percent`]: optional(kpis.errorPercent),
  };
}

function foldedLabels(measured: GatewayMeasurements): readonly MetricSeries[] {
  return Object.entries(measured.tables)
    .filter(([, { folded }]) => folded > 0)
    .map(([name, { folded }]) => series(folded, name));
}

function validationsOf({ accepted, replay, expired, future }: GatewayCounts): number {
  return accepted + replay + expired + future;
}

/** A function that makes one series for each path, with the id of the path and the name of the peer. */
function pathsOf(
  peers: readonly Peer[],
  nowNs: number,
  nameOf: (peer: Peer) => string,
): (read: (path: ExplainedPath) => number | undefined) => readonly MetricSeries[] {
  const all = peers.flatMap((peer) =>
    peer.status(nowNs).map((path) => ({ peer: nameOf(peer), path })),
  );
  return (read) =>
    all.flatMap(({ peer, path }) => {
      const value = read(path);
      return value === undefined ? [] : [series(value, path.id, peer)];
    });
}

function series(value: number, ...labels: readonly string[]): MetricSeries {
  return { labels, value };
}

function countsOf({ rows }: LabelTable<Count>): readonly MetricSeries[] {
  return rows.map(({ labels, value }) => ({ labels, value: value.total }));
}

function timesOf({ rows }: LabelTable<BucketCounts>): readonly MetricSeries[] {
  return rows.flatMap(({ labels, value }) =>
    bucketsOf(value).map(({ value }) => ({ labels, value })),
  );
}

function bucketsOf({ counts, sum }: BucketCounts): readonly MetricSeries[] {
  return counts.some((count) => count > 0) ? [{ labels: [], value: { counts, sum } }] : [];
}

/** The sum of the rows whose last label has this value. */
function sumOf({ rows }: LabelTable<Count>, last: string): number {
  const wanted = (row: LabelledRow<Count>): boolean => row.labels.at(-1) === last;
  return rows.filter(wanted).reduce((sum, { value }) => sum + value.total, 0);
}
