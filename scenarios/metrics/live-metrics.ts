/**
 * The metrics of live runs: the lateness of links, and the use of the machine.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metrics of followed datagrams and packets. */
const HANDOVER_METRICS: readonly MetricDefinition[] = [
  {
    name: 'live.hop_lateness',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from when a datagram is due at the end of its link until the handler of the ' +
      'receiving node takes it, per hop; sampled after warm-up',
  },
  {
    name: 'live.socket_wait',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from writing a datagram to the socket until the handler of the receiving node ' +
      'takes it, per hop; sampled after warm-up',
  },
  {
    name: 'live.way_lateness',
    kind: 'histogram',
    unit: 'ns',
    help:
      'lateness of the source and of every hop, summed for each sampled application ' +
      'packet ' +
      'that was seen on its whole path',
  },
  {
    name: 'live.way_links',
    kind: 'histogram',
    unit: 'ns',
    help: 'time that each of those packets spent on emulated links, queues included',
  },
  {
    name: 'live.on_time_latency',
    kind: 'histogram',
    unit: 'ns',
    help:
      'latency of each of those packets minus its own lateness: its latency on a machine ' +
      'that is never late',
  },
  {
    name: 'live.samples',
    kind: 'counter',
    unit: 'count',
    help: 'datagrams whose departure the sender recorded, after warm-up',
  },
  {
    name: 'live.samples_unmatched',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams recorded at only one end, because the datagram or the record was lost',
  },
  {
    name: 'live.samples_ambiguous',
    kind: 'counter',
    unit: 'count',
    help: 'sampled datagrams that end in the same bytes as another on the same hop, such as copies',
  },
  {
    name: 'live.samples_across',
    kind: 'counter',
    unit: 'count',
    help:
      'sampled datagrams between machines, which are not measured because the machines ' +
      'have ' +
      'separate clocks',
  },
  {
    name: 'live.samples_unfollowed',
    kind: 'counter',
    unit: 'count',
    help: 'sampled application packets that were not recognised on their whole path',
  },
];

/** Metrics that every live run has. */
export const LIVE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'live.lateness',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from when a datagram is due at the end of its link until it is written to the ' +
      'socket, per hop',
  },
  {
    name: 'live.cpu',
    kind: 'ratio',
    unit: 'ratio',
    isUnbounded: true,
    help: 'processor time of the process over wall time; 1 is one core',
  },
  {
    name: 'live.memory',
    kind: 'gauge',
    unit: 'bytes',
    help: 'largest resident set of the process, sampled ten times a second',
  },
  {
    name: 'live.stall',
    kind: 'gauge',
    unit: 'ns',
    help: 'longest time for which due work waited because the process did not run; 0 below 20 ms',
  },
  {
    name: 'live.stolen',
    kind: 'ratio',
    unit: 'ratio',
    help:
      'share of all cores that the host of this machine gave to other guests while this ' +
      'machine wanted to compute; absent where the system does not report it',
  },
  {
    name: 'live.pace',
    kind: 'gauge',
    unit: 'count',
    help:
      'steps per second of the calibration loop on one core; the lower of the values ' +
      'before ' +
      'and after the run',
  },
  {
    name: 'live.receive_buffer',
    kind: 'gauge',
    unit: 'bytes',
    help: 'smallest receive buffer of a socket that the system granted',
  },
  {
    name: 'live.store_failures',
    kind: 'counter',
    unit: 'count',
    help: 'syncs of stores that the disk refused; no operation that depended on them took effect',
  },
  ...HANDOVER_METRICS,
];

/** Metrics of a run with several processes, in addition to those of every live run. */
export const PROCESS_METRICS: readonly MetricDefinition[] = [
  {
    name: 'live.restart',
    kind: 'samples',
    unit: 'ns',
    help: 'time from restarting a process after a crash until its nodes report that they are ready',
  },
  {
    name: 'live.process_cpu',
    kind: 'ratio',
    unit: 'ratio',
    isUnbounded: true,
    help: 'processor time of the busiest process over wall time; 1 is one core',
  },
];
