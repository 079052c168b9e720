/**
 * The messages of a host to the control service of its AS: a SegmentsRequest of the reference, or a
 * report of interfaces that are down (as daemon.proto, NotifyInterfaceDown), which is in field 2047
 * of that message, as in answers.
 *
 * @module
 */
import type { PathInterface } from '../paths/path.ts';
import { decodeSegmentsRequest, type SegmentsRequest } from '../paths/segment-messages.ts';
import { decodeRevokedInterfaces, encodeRevokedInterfaces } from './host-answer.ts';

/** A request for segments, or a report of interfaces that are down; a report gets no answer. */
export type HostRequest =
  | ({ readonly kind: 'segments' } & SegmentsRequest)
  | { readonly kind: 'down'; readonly interfaces: readonly PathInterface[] };

/** Encodes a report that an interface is down. */
export function encodeDownReport(item: PathInterface): Uint8Array {
  return encodeRevokedInterfaces([item]);
}

/** Decodes a message of a host; undefined if it is neither a request nor a report. */
export function decodeHostRequest(bytes: Uint8Array): HostRequest | undefined {
  const interfaces = decodeRevokedInterfaces(bytes);
  if (interfaces === undefined) return undefined;
  if (interfaces.length > 0) return { kind: 'down', interfaces };
  const request = decodeSegmentsRequest(bytes);
  return request && { kind: 'segments', ...request };
}
