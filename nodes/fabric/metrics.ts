/**
 * Fabric: metrics.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { NAVIGATOR_METRICS } from '../navigator/index.ts';

function counter(name: string, unit: MetricDefinition['unit'], help: string): MetricDefinition {
  return { name: `fabric.${name}`, kind: 'counter', unit, help };
}

/** Metrics of a `fabric` node. */
export const FABRIC_METRICS: readonly MetricDefinition[] = [
  counter('calls', 'count', 'calls of `load` that were taken over for good, at the caller'),
  counter(
    'answered_calls',
    'count',
    'of these, those that were answered within their deadline, correctly',
  ),
  {
    name: 'fabric.answered',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of the calls of `load` that were answered correctly within their deadline, at the caller',
    of: ['fabric.answered_calls', 'fabric.calls'],
  },
  {
    name: 'fabric.call',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from a call of `load` to its answer; without calls that outlived a restart of the caller',
  },
  counter('wrong_answers', 'count', 'answers whose checksum is not that of their call'),
  counter('handled', 'count', 'calls whose answer is on the disk of the node that was called'),
  counter(
    'handled_twice',
    'count',
    'messages and calls that were handled again although the disk knew that they had been',
  ),
  counter(
    'again',
    'packets',
    'messages handed over that may have been handed over before a restart',
  ),
  {
    ...counter(
      'expired',
      'packets',
      'messages and calls that were not handled before their deadline',
    ),
    isLoss: true,
  },
  counter(
    'refused_messages',
    'packets',
    'messages and calls that a full queue refused or displaced',
  ),
  counter('sent_packets', 'packets', 'packets given to carriers'),
  counter('sent_bytes', 'bytes', 'bytes of packets given to carriers'),
  counter(
    'payload_bytes',
    'bytes',
    'payloads of messages of which the peer has said that it handled them',
  ),
  {
    name: 'fabric.overhead',
    kind: 'ratio',
    unit: 'count',
    help: 'bytes given to carriers for each byte of payload that was handled, both directions together',
    of: ['fabric.sent_bytes', 'fabric.payload_bytes'],
  },
  counter('piece_bytes', 'bytes', 'bytes of messages in packets, without heads'),
  counter('repeated_bytes', 'bytes', 'of these, bytes that had been sent before'),
  {
    name: 'fabric.repeated',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of the bytes of messages in packets that had been sent before',
    of: ['fabric.repeated_bytes', 'fabric.piece_bytes'],
  },
  counter(
    'resent_acknowledged',
    'bytes',
    'bytes that were sent again although the peer had acknowledged them',
  ),
  counter(
    'known_pieces',
    'packets',
    'pieces of messages that had been handled before: what the filter is for',
  ),
  counter('refusals', 'count', 'packets that a carrier refused; they are sent again'),
  counter('timeouts', 'count', 'time-outs of ways'),
  counter('restarts', 'count', 'peers that came back without what they had not handled'),
  {
    name: 'fabric.queue.peak',
    kind: 'histogram',
    unit: 'packets',
    help: 'open messages for one peer, each time there are more than ever before',
  },
  counter('group.joined', 'count', 'nodes that became members of a group, its owner included'),
  counter('group.votes', 'count', 'votes that ended, at the owner of their group'),
  counter('group.accepted', 'count', 'of these, votes that were accepted'),
  counter('group.awaited', 'count', 'members when a vote ended, for each vote'),
  counter('group.results', 'count', 'results that members came to know, the owner included'),
  {
    name: 'fabric.group.informed',
    kind: 'ratio',
    unit: 'ratio',
    help: 'results that members came to know, for each member when its vote ended',
    of: ['fabric.group.results', 'fabric.group.awaited'],
  },
  counter('group.ballots', 'count', 'ballots that electors have cast, and their disk has'),
  counter('group.counted', 'count', 'ballots that are part of a result, at the owner'),
  {
    name: 'fabric.group.turnout',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of the ballots that were cast which are part of a result',
    of: ['fabric.group.counted', 'fabric.group.ballots'],
  },
  counter('group.disagreed', 'count', 'results that are not those that somebody else knows'),
  ...NAVIGATOR_METRICS,
];
