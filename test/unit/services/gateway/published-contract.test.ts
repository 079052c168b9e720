/** The published names, numbers and defaults of what a gateway offers to applications. */
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import { expect, it } from 'vitest';
import { ANSWER_BODIES, ROUTES } from '../../../../services/gateway/http-contract.ts';

const FILE = fileURLToPath(new URL('../../../../services/gateway/gateway.proto', import.meta.url));
/** The fields of the published messages; the number of a field is its place. */
const MESSAGES = {
  SendScionPacketRequest:
    'raw_packet egress_ia egress_iface sequence_number timestamp_ns priority preferences correlation_id',
  SendScionPacketResponse: 'success error selected_path delivery_estimate_ms processing_time_us',
  RecvScionPacketRequest:
    'raw_packet ingress_ia ingress_iface sequence_number timestamp_ns path_info quality',
  RecvScionPacketResponse: 'acknowledged status',
  RegisterPathRequest: 'dst_ia ttl_seconds preferences callback_addr',
  RegisterPathResponse: 'success registration_id available_paths expires_at',
  QueryPathsRequest: 'dst_ia include_expired limit preferences',
  QueryPathsResponse: 'paths query_time next_refresh total_count',
  HealthRequest: 'check_level',
  HealthResponse: 'status components timestamp uptime_seconds scion_daemon_connected active_paths',
  StatsRequest: 'period_seconds include_path_breakdown include_anti_replay',
  StatsResponse: 'gateway paths anti_replay timestamp period_seconds',
  ValidateSequenceRequest: 'peer_id sequence_number timestamp_ns update_window',
  ValidateSequenceResponse: 'valid rejection_reason window_state validation_time_us',
  PathMeta: 'path_id src_ia dst_ia expires_at hops quality selection_score last_used usage',
  Hop: 'as_id interface_id hop_type mtu',
  PathQuality:
    'rtt_ewma_ms jitter_ms loss_rate bandwidth_mbps stability_score last_measured measurement_count',
  PathPreferences:
    'prefer_low_latency prefer_high_bandwidth prefer_stable avoid_ases prefer_ases max_rtt_ms min_bandwidth_mbps max_hops',
  PathUsageStats:
    'packets_sent packets_received bytes_transferred success_rate first_used usage_duration_s',
  GatewayStats:
    'total_packets total_bytes processing_rate_pps throughput_bps active_connections error_count avg_processing_time_us memory_usage_bytes cpu_utilization',
  PathStats: 'path_id usage quality failover_count last_failover',
  AntiReplayStats:
    'total_validated replays_blocked future_rejected expired_rejected false_positive_rate window_updates avg_validation_time_us persistence_errors',
  SequenceWindow:
    'peer_id window_base window_size window_bitmap highest_received last_update stats',
  WindowStats: 'total_processed valid_accepted invalid_rejected window_slides bitmap_updates',
} as const;
const CALLS = [
  ...['SendScionPacket', 'RecvScionPacket', 'RegisterPath', 'QueryPaths', 'Health', 'Stats'],
  'ValidateSequence',
];

/** The published types of fields; other fields are messages of our own names, texts, numbers or truth values. */
const TYPES = {
  bytes: 'raw_packet window_bitmap',
  uint64:
    'sequence_number processing_time_us uptime_seconds validation_time_us window_base highest_received total_packets total_bytes error_count memory_usage_bytes packets_sent packets_received bytes_transferred usage_duration_s measurement_count total_validated replays_blocked future_rejected expired_rejected window_updates persistence_errors total_processed valid_accepted invalid_rejected window_slides bitmap_updates',
  int64:
    'timestamp_ns expires_at query_time next_refresh timestamp last_used last_measured first_used last_failover last_update',
  uint32:
    'priority delivery_estimate_ms ttl_seconds limit total_count check_level active_paths period_seconds interface_id mtu max_rtt_ms max_hops active_connections failover_count window_size',
  float:
    'selection_score rtt_ewma_ms jitter_ms loss_rate bandwidth_mbps stability_score min_bandwidth_mbps success_rate processing_rate_pps throughput_bps avg_processing_time_us cpu_utilization false_positive_rate avg_validation_time_us',
  bool: 'success acknowledged include_expired include_path_breakdown include_anti_replay update_window valid prefer_low_latency prefer_high_bandwidth prefer_stable scion_daemon_connected',
  string:
    'egress_ia egress_iface correlation_id error ingress_ia ingress_iface dst_ia callback_addr registration_id peer_id rejection_reason path_id src_ia as_id hop_type',
} as const;
const TYPE_OF = new Map(
  Object.entries(TYPES).flatMap(([type, names]) =>
    names.split(' ').map((name) => [name, `TYPE_${type.toUpperCase()}`]),
  ),
);

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
}
interface Described {
  readonly type?: { readonly field: readonly Field[] };
}
interface DescribedCall {
  readonly requestType: { readonly type: { readonly name: string } };
  readonly responseType: { readonly type: { readonly name: string } };
}
const published = loadSync(FILE, { keepCase: true }) as unknown as Readonly<
  Record<string, Described>
>;

it.each(Object.entries(MESSAGES))('R-046: %s has the published fields', (name, fields) => {
  const { type } = published[`betanet.gateway.${name}`] ?? {};
  const numbered = fields.split(' ').map((field, index) => `${field} = ${index + 1}`);
  expect(type?.field.map((field) => `${field.name} = ${field.number}`)).toEqual(numbered);
  const typed = type?.field.filter((field) => TYPE_OF.has(field.name)) ?? [];
  const wrong = typed.filter((field) => field.type !== TYPE_OF.get(field.name));
  expect(wrong.map((field) => `${field.name}: ${field.type}`)).toEqual([]);
});

it('R-046: the service has the seven published calls', () => {
  const service = published['betanet.gateway.BetanetGateway'] as unknown as Readonly<
    Record<string, DescribedCall>
  >;
  expect(
    CALLS.map((call) => [
      service[call]?.requestType.type.name,
      service[call]?.responseType.type.name,
    ]),
  ).toEqual(CALLS.map((call) => [`${call}Request`, `${call}Response`]));
});

it('R-049: the answer to a packet has the documented fields', () => {
  const documented = ['packet_id', 'status', 'latency_ms', 'destination', 'size_bytes'];
  expect(Object.keys(ANSWER_BODIES.Sent.shape)).toEqual(expect.arrayContaining(documented));
  expect(Object.keys(ROUTES['POST /scion/send'].answers)).toEqual(
    expect.arrayContaining(['200', '400', '404', '413', '429', '503', '504']),
  );
});

it('R-050: a client waits 30 s for up to 10 packets unless it says otherwise', () => {
  const { parameters } = ROUTES['GET /scion/receive'];
  expect(parameters.parse({})).toEqual({ timeout: 30_000, max: 10 });
});
