/**
 * The server for applications of a gateway: the public interface of this folder.
 *
 * @module
 */
export { isLoopback } from '../_kit/loopback-address.ts';
export type { GatewayNode, NodeAnswer } from './gateway-node.ts';
export { type GatewayGrpcServer, GrpcServerStartError, startGrpcServer } from './grpc-server.ts';
export { PacketQueue } from './packet-queue.ts';
export { type GatewayServer, GatewayServerStartError, startGatewayServer } from './server.ts';
export type { TlsMaterial } from './tls-server.ts';
