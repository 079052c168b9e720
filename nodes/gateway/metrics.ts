/**
 * Metrics that gateways measure themselves; the runner measures those of applications.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metric definitions of the gateway. */
export const GATEWAY_METRICS: readonly MetricDefinition[] = [
  {
    name: 'gateway.wire_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'bytes of SCION packets that gateways sent, frames of all types',
  },
  {
    name: 'gateway.probe_bytes',
    kind: 'counter',
    unit: 'bytes',
    help: 'bytes of SCION packets with probes, replies, reports, control and handshake frames',
  },
  {
    name: 'gateway.probe_overhead',
    kind: 'ratio',
    unit: 'ratio',
    help: 'bytes of probes, replies, reports and control, of all bytes that gateways sent',
    of: ['gateway.probe_bytes', 'gateway.wire_bytes'],
  },
  {
    name: 'gateway.fault_switches',
    kind: 'counter',
    unit: 'count',
    help: 'changes of the active path caused by a fault, by what showed it, such as report-loss or probe-loss',
    labels: ['cause'],
  },
  {
    name: 'gateway.path_deaths',
    kind: 'counter',
    unit: 'count',
    help: 'paths, in use or not, that a gateway declared dead: silence, SCMP, expiry or withdrawal',
  },
  {
    name: 'gateway.planned_switches',
    kind: 'counter',
    unit: 'count',
    help: 'changes of the active path to a better one, make before break',
  },
  {
    name: 'gateway.order_gaps',
    kind: 'counter',
    unit: 'count',
    help: 'packets, or runs of them, for which later ones were held in vain: lost, or later than the wait (strategy striping)',
  },
  {
    name: 'gateway.order_late',
    kind: 'counter',
    unit: 'packets',
    help: 'packets handed over behind later ones, since they came after the wait for them (strategy striping)',
  },
  {
    name: 'gateway.processing',
    kind: 'histogram',
    unit: 'ns',
    help: 'time that a gateway works on one packet, seal or open, by its own clock; in sim only with a CPU model',
  },
  {
    name: 'gateway.rekeys',
    kind: 'counter',
    unit: 'count',
    help: 'epochs that began: the first handshake and every rekey, at each gateway',
  },
  {
    name: 'gateway.scmp',
    kind: 'counter',
    unit: 'packets',
    help: 'SCMP messages that reached gateways',
  },
  {
    name: 'antireplay.checks',
    kind: 'counter',
    unit: 'count',
    help: 'authenticated frames that were shown to a replay window',
  },
  {
    name: 'antireplay.false_reject',
    kind: 'counter',
    unit: 'count',
    help: 'authenticated frames refused by a window although their number had never been accepted, by ground truth kept outside the gateways',
  },
  {
    name: 'antireplay.false_accept',
    kind: 'counter',
    unit: 'count',
    help: 'authenticated frames accepted by a window although their number had been accepted before, by ground truth kept outside the gateways',
  },
  {
    name: 'antireplay.replays_blocked',
    kind: 'counter',
    unit: 'count',
    help: 'frames refused because their number was accepted before',
  },
  {
    name: 'antireplay.recovery',
    kind: 'samples',
    unit: 'ns',
    help: 'start of a gateway after a crash to the first frame of a peer that it accepts, per crash and peer',
  },
  {
    name: 'antireplay.expired',
    kind: 'counter',
    unit: 'count',
    help: 'frames refused because they are behind the window or too old',
  },
];
