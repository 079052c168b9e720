/**
 * Clients of a mixnet: traffic processes, paths, messages and their acknowledgements, loops.
 *
 * Pure machines: the node around them has the sockets and timers.
 *
 * @module
 */
export { COVER_RECIPIENT_ID, isCoverRecipient } from './composer.ts';
export { type ClientOptions, clientConfig } from './config.ts';
export { CLIENT_DROPS, type ClientDrop, type SubmitRefusal } from './drops.ts';
export type { LoopCounts, LoopWatchOptions } from './loop-watch.ts';
export { type ClientCounts, ClientMachine } from './machine.ts';
export { type MixLoopOutputs, type MixLoopParts, MixLoops } from './mix-loops.ts';
export type {
  ClientFormat,
  ClientHost,
  ClientOutputs,
  ClientParts,
  Contact,
  Contacts,
  LoopOutputs,
  PacketCause,
  RetrievedMessage,
  SenderWindows,
  Settlement,
} from './parts.ts';
export { eventsPerMs, type MeanNs, meanNsOf, rate } from './rates.ts';
