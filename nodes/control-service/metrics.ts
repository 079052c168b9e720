/**
 * SCION control service: metrics.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** What control services measure: discovery, lookups, revocations and beacons. */
export const CONTROL_METRICS: readonly MetricDefinition[] = [
  {
    name: 'control.discovery',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from the start of a control service until it finds the first path to an AS that it watches',
  },
  {
    name: 'control.lookups',
    kind: 'counter',
    unit: 'count',
    help: 'lookups of paths to another AS, by hosts, by operators and to watched ASes',
  },
  {
    name: 'control.lookups_lost',
    kind: 'counter',
    unit: 'count',
    help: 'lookups, two rounds after the start and later, without a path to an AS to which the control service had found one',
  },
  {
    name: 'control.watched_lost',
    kind: 'gauge',
    unit: 'count',
    help: 'watched ASes to which the last lookup found no path',
  },
  {
    name: 'control.revocations',
    kind: 'counter',
    unit: 'count',
    help: 'interfaces that came to be believed to be down, by an SCMP error or by what a host said',
  },
  {
    name: 'control.avoided',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from the last error about such an interface until it is believed no more: a beacon has passed it, or 10 s are over',
  },
  {
    name: 'control.left_out',
    kind: 'counter',
    unit: 'count',
    help: 'segments that answers to lookups left out: no path over them avoids the interfaces that are believed to be down',
  },
  {
    name: 'control.revoked_paths',
    kind: 'counter',
    unit: 'count',
    help: 'paths in answers to lookups of its own, of operators and of daemons that pass an interface of which an SCMP error said that it is down',
  },
  {
    name: 'control.beacons_sent',
    kind: 'counter',
    unit: 'count',
    help: 'beacons sent to neighbours, originated and passed on',
  },
  {
    name: 'control.beacon_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'bytes of the beacons sent over each interface, without packet headers and repetitions',
    labels: ['interface'],
  },
  {
    name: 'control.beacons_received',
    kind: 'counter',
    unit: 'count',
    help: 'beacons of neighbours that passed all checks',
  },
  {
    name: 'control.beacons_known',
    kind: 'counter',
    unit: 'count',
    help: 'of these, those that were known as new as this: sent again, or replayed',
  },
  {
    name: 'control.registrations',
    kind: 'counter',
    unit: 'count',
    help: 'requests in which a control service registers down segments at a core AS',
  },
  {
    name: 'control.trc_updates',
    kind: 'counter',
    unit: 'count',
    help: 'TRCs taken in a run: those that follow the first ones',
  },
  {
    name: 'control.calls_failed',
    kind: 'counter',
    unit: 'count',
    help: 'calls of other control services without an answer in time, or with a refusal',
  },
  {
    name: 'control.bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'bytes that control services send to others, in UDP payloads',
  },
];
