/**
 * The server for applications of a live fabric node: they send, call and subscribe over HTTP and a WebSocket.
 *
 * @module
 */
export type {
  FabricNode,
  FabricOutcome,
  FabricRequest,
  FaceLog,
  MessageTaker,
  OpenMessages,
  PeerMessage,
  ReadMessage,
} from './fabric-node.ts';
export { readEnvelope, SERVED_PROTOCOL } from './protocol.ts';
export { FabricFaceError, type FabricOptions, type FabricServer, serveFabric } from './server.ts';
