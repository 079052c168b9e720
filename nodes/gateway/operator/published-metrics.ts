/**
 * The published metrics of a gateway: names, types, labels, and where each value comes from. This
 * table is the only mapping of names to values: docs/spec/gateway-metrics.md is made from it, and
 * alerts and dashboards are checked against it.
 *
 * `/metrics` shows a metric only if this process measured it. Sources: `node` answers the request
 * `metrics` (node-metrics.ts); `process`, `http` and `grpc` are measured by the process of `orrery
 * gateway`. `-` means that there is no source: the metric is absent (not 0), for the reason in the
 * row.
 *
 * @module
 */
import { MICROSECOND_BOUNDS, SECOND_BOUNDS, SIZE_BOUNDS, STEP_BOUNDS } from './bounds.ts';

/** The source of a metric. */
export type MetricSource = 'node' | 'process' | 'http' | 'grpc' | 'absent';

/** A metric under its published name. */
export interface PublishedMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly source: MetricSource;
  /** The meaning of the metric or, if it is absent, the reason. */
  readonly help: string;
  /** Upper bounds of the buckets of a histogram. */
  readonly bounds: readonly number[];
}

/** Rows of the gateway: name, type (counter, gauge, histogram), labels, source, help. */
const GATEWAY = `
packets_sent_total              | C | destination path_id result | node | packets of applications, taken (ok) or refused with a reason; the path in use at that time
packets_received_total          | C | source path_id result      | node | packets that were given to the application, by the path of their last frame
packets_dropped_total           | C | reason                     | process | packets, frames and datagrams dropped; there is no path_id, because most drops know no path
packet_processing_seconds       | H | operation                  | node | work on a packet of an application (send) or a datagram (receive); without path_id
packet_size_bytes               | H | direction                  | node | packets sent and received
paths_discovered_total          | C | destination                | node | paths to a peer that were not known before
paths_active                    | G | destination                | node | paths to a peer that answer now, fast or slowly
path_rtt_microseconds           | G | path_id destination        | node | smoothed round trip of probes
path_loss_rate                  | G | path_id destination        | node | share of the last probes that were lost
path_failovers_total            | C | from_path to_path reason   | node | changes of path that a fault caused
sequence_validations_total      | C |                            | node | sequence numbers of frames and of applications that were judged
replays_blocked_total           | C |                            | node | numbers refused because they had been accepted before
expired_sequences_total         | C |                            | node | numbers refused because they are behind the window, or too old
future_sequences_total          | C |                            | node | numbers refused because their time is ahead of the clock
validation_time_microseconds    | H |                            | node | judging one number, of one frame in 17
active_windows                  | G |                            | node | replay windows of peers and epochs
aead_encryptions_total          | C | frame_type result          | node | frames sealed
aead_decryptions_total          | C | frame_type result          | node | frames opened, ok or bad-auth
aead_auth_failures_total        | C |                            | node | frames that were not authentic
aead_key_rotations_total        | C |                            | node | epochs that began, the first of each session among them
aead_encryption_time_microseconds | H |                          | node | sealing a frame, of one frame in 17
aead_decryption_time_microseconds | H |                          | node | opening a frame, of one frame in 17
aead_active_sessions            | G |                            | node | peers with keys
aead_bytes_encrypted_total      | C |                            | node | bytes of bodies sealed
aead_bytes_decrypted_total      | C |                            | node | bytes of bodies opened
htx_connections                 | G | protocol state             | http | open connections of the server for applications; state is open
htx_requests_total              | C | method status protocol     | http | requests that were answered
htx_response_time_seconds       | H | method status              | http | from the request to the end of the answer, long polls included
htx_bytes_total                 | C | direction protocol         | http | bytes of ended and open connections, headers and TLS included
encryption_operations_total     | C | operation result           | node | frames sealed (encrypt) and opened (decrypt)
compression_ratio               | G | algorithm                  | -    | nothing is compressed before it is encrypted
compression_time_microseconds   | H |                            | -    | nothing is compressed before it is encrypted
memory_usage_bytes              | G |                            | process | resident memory
cpu_usage_percent               | G |                            | process | processor time since the last sample, one a second; 100 is one core
disk_usage_bytes                | G | path type                  | process | the folder of the state (used) and its file system (free)
network_errors_total            | C | error_type component       | process | datagrams that the socket did not take
throughput_packets_per_minute   | G | direction                  | node | packets sent and received in the last minute
p95_latency_milliseconds        | G |                            | node | of frames received in the last minute, from sealing to acceptance; both clocks must agree
availability_percent            | G |                            | node | windows of one second with traffic in the last minute of which at least half arrived, by receiver reports
error_rate_percent              | G |                            | node | of what was to be sent in the last minute, what did not leave or was not reported to have arrived
failover_seconds                | H | reason                     | node | between the last report before a fault made a gateway leave a path, and the first on frames sent afterwards
detection_seconds               | H | signal                     | node | between the last report before such a fault, and the change of path
false_rejects_total             | C |                            | -    | needs ground truth, which only a simulation has: antireplay.false_reject of its report
probe_bytes_total               | C |                            | node | bytes of packets that carry no data
reorder_depth                   | H |                            | node | how far a late frame is behind the highest number that was accepted before it
build_info                      | G | version                    | process | 1; the version of this program
folded_labels_total             | C | metric                     | node | observations, and series of this scrape, for whose labels there was no room
`;

/** Rows of the sidecar, with their whole names. */
const SIDECAR = `
scion_packets_sent_total             | C | dst_ia result        | node | SCION packets given to the socket: ok, or full
scion_packets_received_total         | C | src_ia               | node | SCION packets of peers
scion_bytes_sent_total               | C | dst_ia               | node | their bytes
scion_bytes_received_total           | C | src_ia               | node | their bytes
scion_packet_errors_total            | C | error_type           | node | datagrams that were dropped before they reached a session
scion_packet_send_duration_seconds   | H | dst_ia               | node | work on a packet of an application
scion_packet_receive_duration_seconds | H | src_ia              | node | work on a datagram
scion_path_queries_total             | C | dst_ia result        | node | questions of applications for paths
scion_path_query_duration_seconds    | H | dst_ia               | node | until the answer; its source is the same for all of a gateway
scion_path_cache_hits_total          | C |                      | node | lookups of the gateway that its cache answered
scion_path_cache_misses_total        | C |                      | node | the others
scion_paths_discovered_total         | C | dst_ia               | node | paths to a peer that were not known before
scion_paths_used_total               | C | path_id dst_ia       | node | how often packets began to take a path
scion_path_rtt_seconds               | G | path_id dst_ia       | node | smoothed round trip of probes
scion_path_loss_rate                 | G | path_id dst_ia       | node | share of the last probes that were lost
scion_path_stability_score           | G | path_id dst_ia       | node | the mean of steadiness of the round trip and share of answers
antireplay_validations_total         | C |                      | node | numbers that were judged
antireplay_blocks_total              | C |                      | node | replays
antireplay_future_rejected_total     | C |                      | node | numbers whose time is ahead
antireplay_expired_rejected_total    | C |                      | node | numbers that are too old
antireplay_validation_duration_seconds | H |                    | node | judging one number, of one frame in 17
antireplay_window_slides_total       | C |                      | node | frames that moved a window on
antireplay_window_updates_total      | C |                      | node | numbers that were accepted
antireplay_persistence_errors_total  | C |                      | node | writes of windows and epochs that failed
antireplay_active_windows            | G |                      | node | replay windows of peers and epochs
gateway_requests_total               | C | method result        | grpc | calls, by their status
gateway_request_duration_seconds     | H | method               | grpc | until the answer
gateway_request_errors_total         | C | method error_type    | grpc | calls with another status than OK
gateway_active_connections           | G |                      | grpc | open connections
scion_sidecar_memory_usage_bytes     | G |                      | process | resident memory
scion_sidecar_cpu_utilization        | G |                      | process | processor time since the last sample, one a second; 1 is one core
scion_sidecar_goroutines             | G |                      | -    | there are no goroutines; scion_sidecar_event_loop_delay_seconds stands for them
scion_sidecar_uptime_seconds_total   | C |                      | process | since the process started
scion_sidecar_event_loop_delay_seconds | G |                    | process | p99 of the delay of the event loop since the last scrape
`;

const US_PER_S = 1e6;
const TYPES = { C: 'counter', G: 'gauge', H: 'histogram' } as const;

/** All published metrics, and those that were added. */
export const PUBLISHED_METRICS: readonly PublishedMetric[] = [
  ...readRows(GATEWAY, 'betanet_gateway_'),
  ...readRows(SIDECAR, ''),
];

function readRows(text: string, prefix: string): readonly PublishedMetric[] {
  return text
    .trim()
    .split('\n')
    .map((line): PublishedMetric => {
      const [name = '', type = '', labels = '', source = '', help = ''] = line
        .split('|')
        .map((cell) => cell.trim());
      return {
        name: `${prefix}${name}`,
        type: TYPES[type as keyof typeof TYPES],
        labels: labels === '' ? [] : labels.split(' '),
        source: source === '-' ? 'absent' : (source as MetricSource),
        help,
        bounds: type === 'H' ? boundsOf(name) : [],
      };
    });
}

function boundsOf(name: string): readonly number[] {
  // The same measurement as in microseconds.
  if (name.startsWith('antireplay_')) return MICROSECOND_BOUNDS.map((bound) => bound / US_PER_S);
  if (name.endsWith('_seconds')) return SECOND_BOUNDS;
  if (name.endsWith('_microseconds')) return MICROSECOND_BOUNDS;
  return name.endsWith('_bytes') ? SIZE_BOUNDS : STEP_BOUNDS;
}
