/**
 * Requests of the gRPC service of a gateway as the package decodes them from
 * services/gateway/gateway.proto: every field has a value, except fields that are messages, which
 * may be absent. The types name only the fields that are read.
 *
 * @module
 */

/** A 64-bit integer in decimal. */
export type Int64Text = string;

/** Preferences for paths. */
export interface PathPreferencesMessage {
  readonly preferLowLatency: boolean;
  readonly preferHighBandwidth: boolean;
  readonly preferStable: boolean;
  readonly avoidAses: readonly string[];
  readonly preferAses: readonly string[];
  readonly maxRttMs: number;
  readonly minBandwidthMbps: number;
  readonly maxHops: number;
}

/** The requests, by the names of their calls. */
export interface GatewayRequests {
  readonly SendScionPacket: {
    readonly rawPacket: Uint8Array;
    readonly egressIa: string;
    readonly egressIface: string;
    readonly sequenceNumber: Int64Text;
    readonly timestampNs: Int64Text;
    readonly priority: number;
    readonly preferences: PathPreferencesMessage | null;
    readonly correlationId: string;
  };
  readonly RecvScionPacket: { readonly rawPacket: Uint8Array; readonly ingressIa: string };
  readonly RegisterPath: {
    readonly dstIa: string;
    readonly ttlSeconds: number;
    readonly preferences: PathPreferencesMessage | null;
    readonly callbackAddr: string;
  };
  readonly QueryPaths: {
    readonly dstIa: string;
    readonly limit: number;
    readonly preferences: PathPreferencesMessage | null;
  };
  readonly Health: { readonly checkLevel: number };
  readonly Stats: {
    readonly periodSeconds: number;
    readonly includePathBreakdown: boolean;
    readonly includeAntiReplay: boolean;
  };
  readonly ValidateSequence: {
    readonly peerId: string;
    readonly sequenceNumber: Int64Text;
    readonly timestampNs: Int64Text;
    readonly updateWindow: boolean;
  };
  readonly CreateTunnel: {
    readonly destinationIa: string;
    readonly destinationHost: string;
    readonly destinationPort: number;
    readonly options: {
      readonly timeoutSeconds: number;
      readonly compressionEnabled: boolean;
      readonly encryptionMethod: string;
    } | null;
  };
  readonly ListTunnels: {
    readonly filter: string;
    readonly pageSize: number;
    readonly pageToken: string;
  };
  readonly DeleteTunnel: { readonly tunnelId: string };
  readonly GetTunnelStatus: { readonly tunnelId: string };
}
