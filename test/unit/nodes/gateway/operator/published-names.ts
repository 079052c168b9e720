/**
 * The names and types that were published for gateways and their sidecars (Betanet gateway, its metrics.rs and the sidecar's
 * metrics.go), written down apart from the product's own table.
 *
 * @module
 */

/** Names by type. */
export const PUBLISHED_NAMES = {
  counter: `
    betanet_gateway_packets_sent_total
    betanet_gateway_packets_received_total
    betanet_gateway_packets_dropped_total
    betanet_gateway_paths_discovered_total
    betanet_gateway_path_failovers_total
    betanet_gateway_sequence_validations_total
    betanet_gateway_replays_blocked_total
    betanet_gateway_expired_sequences_total
    betanet_gateway_future_sequences_total
    betanet_gateway_aead_encryptions_total
    betanet_gateway_aead_decryptions_total
    betanet_gateway_aead_auth_failures_total
    betanet_gateway_aead_key_rotations_total
    betanet_gateway_aead_bytes_encrypted_total
    betanet_gateway_aead_bytes_decrypted_total
    betanet_gateway_htx_requests_total
    betanet_gateway_htx_bytes_total
    betanet_gateway_encryption_operations_total
    betanet_gateway_network_errors_total
    scion_packets_sent_total
    scion_packets_received_total
    scion_bytes_sent_total
    scion_bytes_received_total
    scion_packet_errors_total
    scion_path_queries_total
    scion_path_cache_hits_total
    scion_path_cache_misses_total
    scion_paths_discovered_total
    scion_paths_used_total
    antireplay_validations_total
    antireplay_blocks_total
    antireplay_future_rejected_total
    antireplay_expired_rejected_total
    antireplay_window_slides_total
    antireplay_window_updates_total
    antireplay_persistence_errors_total
    gateway_requests_total
    gateway_request_errors_total
    scion_sidecar_uptime_seconds_total
  `,
  histogram: `
    betanet_gateway_packet_processing_seconds
    betanet_gateway_packet_size_bytes
    betanet_gateway_validation_time_microseconds
    betanet_gateway_aead_encryption_time_microseconds
    betanet_gateway_aead_decryption_time_microseconds
    betanet_gateway_htx_response_time_seconds
    betanet_gateway_compression_time_microseconds
    scion_packet_send_duration_seconds
    scion_packet_receive_duration_seconds
    scion_path_query_duration_seconds
    antireplay_validation_duration_seconds
    gateway_request_duration_seconds
  `,
  gauge: `
    betanet_gateway_paths_active
    betanet_gateway_path_rtt_microseconds
    betanet_gateway_path_loss_rate
    betanet_gateway_active_windows
    betanet_gateway_aead_active_sessions
    betanet_gateway_htx_connections
    betanet_gateway_compression_ratio
    betanet_gateway_memory_usage_bytes
    betanet_gateway_cpu_usage_percent
    betanet_gateway_disk_usage_bytes
    betanet_gateway_throughput_packets_per_minute
    betanet_gateway_p95_latency_milliseconds
    betanet_gateway_availability_percent
    betanet_gateway_error_rate_percent
    scion_path_rtt_seconds
    scion_path_loss_rate
    scion_path_stability_score
    antireplay_active_windows
    gateway_active_connections
    scion_sidecar_memory_usage_bytes
    scion_sidecar_cpu_utilization
    scion_sidecar_goroutines
  `,
} as const;
