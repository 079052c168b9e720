/**
 * What the calls of the gRPC service of a gateway need.
 *
 * @module
 */
import type { GrpcMeter } from './face-meter.ts';
import type { GatewayNode } from './gateway-node.ts';
import type { GatewayMeter } from './grpc-meter.ts';

/** What a call needs. */
export interface CallContext {
  readonly node: GatewayNode;
  readonly meter: GatewayMeter;
  /** The calls that were answered. */
  readonly counted: GrpcMeter;
  /** Aborted when the client has cancelled the call, has gone, or its deadline has passed. */
  readonly gone: AbortSignal;
}
