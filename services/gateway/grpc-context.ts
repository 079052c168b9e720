/**
 * What the calls of the gRPC service of a gateway need in common.
 *
 * @module
 */
import type { GrpcMeter } from './face-meter.ts';
import type { GatewayNode } from './gateway-node.ts';
import type { GatewayMeter } from './grpc-meter.ts';

/** What each call needs. */
export interface CallContext {
  readonly node: GatewayNode;
  readonly meter: GatewayMeter;
  /** Counts the calls that were answered. */
  readonly counted: GrpcMeter;
  /** Aborted when the client has cancelled the call, has gone, or its deadline has passed. */
  readonly gone: AbortSignal;
}
