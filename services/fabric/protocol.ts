/**
 * The parts of the fabric protocol that the server depends on: its name, and the decoder of its messages.
 *
 * @module
 */
import { decodeEnvelope, protocol } from '../../nodes/fabric/index.ts';
import type { DecodePeerMessage } from './fabric-node.ts';

/** Name of the protocol whose nodes understand the requests of applications. */
export const SERVED_PROTOCOL_NAME: string = protocol.name;

/** Decodes the message that a node of that protocol hands to its application. */
export const decodeServedEnvelope: DecodePeerMessage = decodeEnvelope;
