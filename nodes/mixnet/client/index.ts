/**
 * Clients of a mixnet: traffic processes, paths, messages and their acknowledgements, loops.
 *
 * Pure machines: the surrounding node has the sockets and timers.
 *
 * @module
 */
export { isCoverRecipient } from './composer.ts';
export { type ClientOptions, clientConfig } from './config.ts';
export { type DeliveredLog, StoredDeliveries } from './delivered-log.ts';
export { CLIENT_DROPS, type ClientDrop } from './drops.ts';
export { ClientMachine } from './machine.ts';
export { type MixLoopEffect, type MixLoopInput, MixLoops } from './mix-loops.ts';
export type {
  ClientContact,
  ClientContacts,
  ClientEffect,
  ClientInput,
  PacketCause,
  RetrievedMessage,
  SenderWindows,
  Settlement,
} from './parts.ts';
export type { ChosenPath } from './path.ts';
export { eventsPerMs, meanNsOf, rate } from './rates.ts';
export { fragmentRoom } from './wire.ts';
