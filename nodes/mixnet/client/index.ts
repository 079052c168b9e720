/**
 * Clients of a mixnet: traffic processes, paths, messages and their acknowledgements, loops.
 *
 * Pure machines: the surrounding node has the sockets and timers.
 *
 * @module
 */
export { isCoverRecipient } from './composer.ts';
export { type ClientOptions, clientConfig } from './config.ts';
export { type DeliveredLog, DurableDeliveredLog } from './delivered-log.ts';
export { CLIENT_DROP_REASONS, type ClientDropReason } from './drops.ts';
export { MixnetClientStateMachine } from './machine.ts';
export { type MixLoopEffect, type MixLoopInput, MixLoops } from './mix-loops.ts';
export type {
  ArrivalWindowSettings,
  ClientContact,
  ClientContacts,
  ClientEffect,
  ClientInput,
  PacketCause,
  RetrievedMessage,
  SendOutcome,
} from './parts.ts';
export type { ChosenPath } from './path.ts';
export { meanIntervalNsSchema, toEventsPerMs, toMeanIntervalNs } from './rates.ts';
export { fragmentDataBytesMax } from './wire.ts';
