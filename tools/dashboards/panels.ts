/**
 * The panels of the dashboards: title, unit of Grafana, and queries in PromQL, each with its legend.
 *
 * @module
 */

/** A panel, in the order in which they are shown, two beside each other. */
export interface Panel {
  readonly title: string;
  /** A unit of Grafana. */
  readonly unit: string;
  /** Queries, by their legends. */
  readonly queries: Readonly<Record<string, string>>;
  /** True if a query gives the buckets of a histogram, which are shown over time. */
  readonly isHeatMap?: true;
}

/** A dashboard. */
export interface Dashboard {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The p95 of a histogram by one label, over a time such as `5m`. */
const p95 = (histogram: string, label: string, over: string): string =>
  `histogram_quantile(0.95, sum by (le, ${label}) (rate(${histogram}_bucket[${over}])))`;
const rate = (counter: string, label: string): string => `sum by (${label}) (rate(${counter}[5m]))`;
const sent = 'betanet_gateway_packets_sent_total{result="ok"}';

/** The dashboard of gateways, on their published metrics. */
const GATEWAY: Dashboard = {
  title: 'Gateways',
  panels: [
    {
      ...{ title: 'Packets per minute', unit: 'short' },
      queries: {
        '{{instance}} {{direction}}': 'betanet_gateway_throughput_packets_per_minute',
      },
    },
    {
      ...{ title: 'Availability and errors', unit: 'percent' },
      queries: {
        '{{instance}} availability': 'betanet_gateway_availability_percent',
        '{{instance}} errors': 'betanet_gateway_error_rate_percent',
      },
    },
    {
      ...{ title: 'Round trip by path', unit: 'µs' },
      queries: { '{{destination}} {{path_id}}': 'betanet_gateway_path_rtt_microseconds' },
    },
    {
      ...{ title: 'Loss by path', unit: 'percentunit' },
      queries: { '{{destination}} {{path_id}}': 'betanet_gateway_path_loss_rate' },
    },
    {
      ...{ title: 'Failovers in 5 minutes', unit: 'short' },
      queries: {
        '{{instance}} {{reason}}':
          'sum by (instance, reason) (increase(betanet_gateway_path_failovers_total[5m]))',
        '{{instance}} to {{destination}}: paths that answer': 'betanet_gateway_paths_active',
      },
    },
    {
      ...{ title: 'From fault to recovery (p95)', unit: 's' },
      queries: {
        'noticed by {{signal}}': p95('betanet_gateway_detection_seconds', 'signal', '1h'),
        'recovered, {{reason}}': p95('betanet_gateway_failover_seconds', 'reason', '1h'),
      },
    },
    {
      ...{ title: 'Anti-replay, numbers per second', unit: 'ops' },
      queries: {
        '{{instance}} judged': rate('betanet_gateway_sequence_validations_total', 'instance'),
        '{{instance}} replays': rate('betanet_gateway_replays_blocked_total', 'instance'),
        '{{instance}} expired': rate('betanet_gateway_expired_sequences_total', 'instance'),
        '{{instance}} future': rate('betanet_gateway_future_sequences_total', 'instance'),
      },
    },
    {
      ...{ title: 'Drops per second, by reason', unit: 'ops' },
      queries: { '{{reason}}': rate('betanet_gateway_packets_dropped_total', 'reason') },
    },
    {
      ...{ title: 'Share of packets by path', unit: 'percentunit' },
      queries: {
        '{{instance}} {{path_id}}': `sum by (instance, path_id) (rate(${sent}[5m])) / on (instance) group_left () sum by (instance) (rate(${sent}[5m]))`,
      },
    },
    {
      ...{ title: 'Bytes of probes and reports, of all sent', unit: 'percentunit' },
      queries: {
        '{{instance}}': `${rate('betanet_gateway_probe_bytes_total', 'instance')} / ${rate('scion_bytes_sent_total', 'instance')}`,
      },
    },
    {
      ...{ title: 'Latency of frames (p95)', unit: 'ms' },
      queries: { '{{instance}}': 'betanet_gateway_p95_latency_milliseconds' },
    },
    {
      ...{ title: 'Work on a packet', unit: 's', isHeatMap: true },
      queries: {
        '{{le}}': 'sum by (le) (increase(betanet_gateway_packet_processing_seconds_bucket[5m]))',
      },
    },
    {
      ...{ title: 'Cryptography and window (p95)', unit: 'µs' },
      queries: {
        '{{instance}} seal': p95(
          'betanet_gateway_aead_encryption_time_microseconds',
          'instance',
          '5m',
        ),
        '{{instance}} open': p95(
          'betanet_gateway_aead_decryption_time_microseconds',
          'instance',
          '5m',
        ),
        '{{instance}} check': p95('betanet_gateway_validation_time_microseconds', 'instance', '5m'),
      },
    },
    {
      ...{ title: 'Sessions and keys', unit: 'short' },
      queries: {
        '{{instance}} sessions': 'betanet_gateway_aead_active_sessions',
        '{{instance}} epochs in an hour': 'increase(betanet_gateway_aead_key_rotations_total[1h])',
      },
    },
    {
      ...{ title: 'Memory', unit: 'bytes' },
      queries: { '{{instance}}': 'betanet_gateway_memory_usage_bytes' },
    },
    {
      ...{ title: 'Processor', unit: 'percent' },
      queries: { '{{instance}}': 'betanet_gateway_cpu_usage_percent' },
    },
    {
      ...{ title: 'Requests of applications per second', unit: 'reqps' },
      queries: {
        'HTTP {{status}}': rate('betanet_gateway_htx_requests_total', 'status'),
        'gRPC {{result}}': rate('gateway_requests_total', 'result'),
      },
    },
    {
      ...{ title: 'Delay of the event loop (p99)', unit: 's' },
      queries: { '{{instance}}': 'scion_sidecar_event_loop_delay_seconds' },
    },
  ],
};

/** The dashboard of mixes, on the metrics of every node process. */
const MIX: Dashboard = {
  title: 'Mixes',
  panels: [
    {
      ...{ title: 'Packets per second', unit: 'pps' },
      queries: {
        '{{node}} received': rate('orrery_mix_received_total', 'node'),
        '{{node}} forwarded': rate('orrery_mix_forwarded_total', 'node'),
      },
    },
    {
      ...{ title: 'Drops per second, by reason', unit: 'pps' },
      queries: { '{{reason}}': rate('orrery_node_dropped_total{protocol="mixnet"}', 'reason') },
    },
    {
      ...{ title: 'Work on a packet (p95)', unit: 's' },
      queries: { '{{node}}': p95('orrery_mix_processing_seconds', 'node', '5m') },
    },
    {
      ...{ title: 'Work on a packet', unit: 's', isHeatMap: true },
      queries: { '{{le}}': 'sum by (le) (increase(orrery_mix_processing_seconds_bucket[5m]))' },
    },
    {
      ...{ title: 'Latency of loops (p95)', unit: 's' },
      queries: { '{{node}}': p95('orrery_mix_latency_seconds', 'node', '5m') },
    },
    {
      ...{ title: 'Lateness of departures (p95)', unit: 's' },
      queries: { '{{node}}': p95('orrery_mix_lateness_seconds', 'node', '5m') },
    },
    {
      ...{ title: 'Buffers from the pool', unit: 'percentunit' },
      queries: {
        '{{node}}': `${rate('orrery_mix_pool_hits_total', 'node')} / ${rate('orrery_mix_pool_taken_total', 'node')}`,
      },
    },
    {
      ...{ title: 'Loops per second', unit: 'pps' },
      queries: {
        '{{node}} sent': rate('orrery_mix_loops_sent_total', 'node'),
        '{{node}} back': rate('orrery_mix_loops_back_total', 'node'),
      },
    },
    {
      ...{ title: 'Memory', unit: 'bytes' },
      queries: { '{{node}}': 'orrery_node_resident_memory_bytes{protocol="mixnet"}' },
    },
  ],
};

/** All dashboards, by the path of their file. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'docs/deploy/grafana-gateway.json': GATEWAY,
  'docs/deploy/grafana-mix.json': MIX,
};
