/**
 * What the server knows of the protocol whose applications it serves.
 *
 * @module
 */
import { decodeEnvelope, protocol } from '../../nodes/fabric/index.ts';
import type { DecodePeerMessage } from './fabric-node.ts';

/** Name of the protocol whose nodes understand the requests of applications. */
export const SERVED_PROTOCOL_NAME: string = protocol.name;

/** Decodes the message that a node of that protocol hands to its application. */
export const decodeServedEnvelope: DecodePeerMessage = decodeEnvelope;
