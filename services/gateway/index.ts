/**
 * The server for applications of a gateway: the public interface of this folder.
 *
 * @module
 */
export { isLoopback } from '../_kit/loopback-address.ts';
export { CallerFilter } from './caller-filter.ts';
export { listCertificateProblems, readCertificateEnds } from './certificate-ends.ts';
export { GrpcMeter, HttpMeter } from './face-meter.ts';
export type { ApplicationRequest, GatewayNode, NodeAnswer } from './gateway-node.ts';
export { GrpcServerStartError } from './grpc-packages.ts';
export { type GatewayGrpcServer, startGrpcServer } from './grpc-server.ts';
export { IpTunnel } from './ip-tunnel.ts';
export { PacketQueue } from './packet-queue.ts';
export { ProcessMetrics, type ProcessState } from './process-metrics.ts';
export { publishedText } from './published-text.ts';
export { type GatewayServer, GatewayServerStartError, startGatewayServer } from './server.ts';
export type { TlsMaterial } from './tls-server.ts';
