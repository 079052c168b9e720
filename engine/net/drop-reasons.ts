/**
 * Why the network lost a packet: a closed list, so that every drop has a name and a small number.
 * Reasons named by a protocol belong to its node and are counted by the host.
 *
 * Rules: docs/spec/link-model.md.
 *
 * @module
 */
import { assert } from '../core/assert.ts';

/** Reasons by number. The numbers enter the fingerprint, so append only. */
export const DROP_REASONS = [
  'queue-full',
  'mtu',
  'loss',
  'link-down',
  'link-down-queue',
  'link-down-in-flight',
  'node-down',
  'policed',
  'codel',
  'partition',
  'tap',
  'no-contact',
  'queue-shrunk',
  'port-unreachable',
  'no-route',
  'cpu-queue-full',
] as const;

/** Name of a reason for which the network drops packets. */
export type DropReason = (typeof DROP_REASONS)[number];

// Numbers of the reasons, for the packet path: the indices of DROP_REASONS, with the meanings in DROP_REASON_MEANINGS.
/** Number of `queue-full`; the constants below are the numbers of the other reasons. */
export const DROP_QUEUE_FULL = 0;
export const DROP_MTU = 1;
export const DROP_LOSS = 2;
export const DROP_LINK_DOWN = 3;
export const DROP_LINK_DOWN_QUEUE = 4;
export const DROP_LINK_DOWN_IN_FLIGHT = 5;
export const DROP_NODE_DOWN = 6;
export const DROP_POLICED = 7;
export const DROP_CODEL = 8;
export const DROP_PARTITION = 9;
export const DROP_TAP = 10;
export const DROP_NO_CONTACT = 11;
export const DROP_QUEUE_SHRUNK = 12;
export const DROP_PORT_UNREACHABLE = 13;
export const DROP_NO_ROUTE = 14;
export const DROP_CPU_QUEUE_FULL = 15;

/** What each reason means, in one sentence, for reports and documentation. */
export const DROP_REASON_MEANINGS: Readonly<Record<DropReason, string>> = {
  'queue-full': 'The queue in front of the transmitter was at its limit.',
  mtu: 'The datagram was longer than the MTU of the link.',
  loss: 'The loss model of the link took it.',
  'link-down': 'It was offered while the link was down.',
  'link-down-queue': 'It waited in the queue when the link went down.',
  'link-down-in-flight': 'It was being sent or under way when the link was cut.',
  'node-down': 'Its sender or its receiver had crashed.',
  policed: 'It exceeded the token bucket of a policed link.',
  codel: 'CoDel dropped it because packets had waited too long (RFC 8289).',
  partition: 'A partition separated its sender from its receiver.',
  tap: 'A tap on the link took it.',
  'no-contact':
    'It came between two contacts of a link that drops such packets, or waited when one ended.',
  'queue-shrunk': 'The queue limit was lowered below its place.',
  'port-unreachable': 'No socket was bound at its destination.',
  'no-route': 'No link or segment joins its sender to its destination.',
  'cpu-queue-full': 'The receiving processor had too much waiting.',
};

/**
 * Asserts that a protocol declares a drop reason.
 * @param names The protocol's reasons; if absent, any reason is allowed.
 */
export function assertDropReasonDeclared(
  reason: string,
  names: Readonly<Record<string, string>> | undefined,
): void {
  if (names === undefined || Object.hasOwn(names, reason)) return;
  const declared = Object.keys(names).join(', ') || 'none';
  assert(false, `drop reason "${reason}" is not declared in the protocol's drops (${declared})`);
}
