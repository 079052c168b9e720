/**
 * A `config.toml` with the usual keys and their defaults.
 *
 * @module
 */

/** The values in which the files of two gateways on one machine differ. */
export interface GatewaySampleParts {
  /** The file of the topology, or the name of a shipped one. */
  readonly topology: string;
  /** The name of the gateway in the topology. */
  readonly node: string;
  /**
   * The index of the file on its machine, from 0; each file has ports that are higher by 1 than
   * those of the file before.
   */
  readonly index: number;
}

/** The ports in the file with index 0. */
const PORT = 8_443;
const GRPC_PORT = 8_543;
const METRICS_PORT = 9_090;

/** The text of a `config.toml`. All values are the defaults, except those of `parts` and gRPC. */
export function gatewaySampleToml({ topology, node, index }: GatewaySampleParts): string {
  return `# A gateway, for: npm run gateway -- FILE (docs/how-to/gateway.md). Every key below has its default, but the ports.
# Other published keys are accepted; those without effect are named at the start.

[htx]                                  # HTTP for applications
bind_addr = "127.0.0.1:${PORT + index}"
max_frame_size = "64KiB"               # longest packet
connection_timeout = "30s"             # of an idle connection
max_connections = 1000

[scion]
max_message_size = "1MiB"              # longest gRPC message

[anti_replay]
window_size = 1024                     # frames; at 10,000 frames/s, none may come 100 ms later than others
cleanup_ttl = "24h"                    # a peer that is silent for longer is forgotten
max_sequence_age = "1h"

[aead]                                 # new keys after so much, or so long
max_bytes_per_key = "1GiB"
max_time_per_key = "1h"

[multipath]
failover_rtt_threshold = 2.0           # times the path's least round trip time
failover_loss_threshold = 0.1
min_paths = 1
max_paths = 10
exploration_probability = 0.1
quality_smoothing = 0.125

[metrics]                              # for the operator: /health, /status, /metrics
bind_addr = "127.0.0.1:${METRICS_PORT + index}"

[security.rate_limiting]               # of frames that come from each peer
enabled = false
requests_per_second = 1000
burst_capacity = 5000
window_duration = "1s"

[security.access_control]              # empty lists of what is allowed allow everything
enabled = false
allowed_peers = []                     # other gateways, by name or AS
blocked_peers = []
allowed_ip_ranges = []                 # applications, such as "10.0.0.0/8"
blocked_ip_ranges = []

[orrery]                               # which node of which network this is
topology = "${topology}"
node = "${node}"
keys = "keys"                          # folders beside this file
state = "state"
grpc_addr = "127.0.0.1:${GRPC_PORT + index}"         # without it there is no gRPC
log = "info"
`;
}
