/**
 * Clients of a mixnet: traffic processes, paths, messages and their acknowledgements, loops.
 *
 * Pure machines: the node around them has the sockets and timers.
 *
 * @module
 */
export { type ClientOptions, clientConfig } from './config.ts';
export { CLIENT_DROPS, type ClientDrop, type SubmitRefusal } from './drops.ts';
export { ClientMachine } from './machine.ts';
export type {
  ClientFormat,
  ClientHost,
  ClientOutputs,
  ClientParts,
  Contact,
  Contacts,
  PacketCause,
  RetrievedMessage,
  Settlement,
} from './parts.ts';
export { eventsPerMs, type MeanNs, meanNsOf, rate } from './rates.ts';
