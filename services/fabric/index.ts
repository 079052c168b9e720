/**
 * The server for applications of a live fabric node: they send, call and subscribe over HTTP and a WebSocket.
 *
 * @module
 */
export type {
  DecodePeerMessage,
  FabricNode,
  FabricOutcome,
  FabricRequest,
  FabricServerLog,
  PeerMessage,
  PeerMessageFlow,
  PeerMessageReceiver,
} from './fabric-node.ts';
export { decodeServedEnvelope, SERVED_PROTOCOL_NAME } from './protocol.ts';
export {
  type FabricServer,
  type FabricServerOptions,
  FabricServerStartError,
  startFabricServer,
} from './server.ts';
