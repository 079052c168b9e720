/**
 * The metrics of emulated runs: how well virtual time kept up with the wall clock, and the packets
 * between outside programs and the virtual network.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metrics that limits may name; those about outside programs exist only if there are some. */
export const EMULATE_METRICS: readonly MetricDefinition[] = [
  {
    name: 'emulate.lateness',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from when an event of the virtual network is due by the wall clock until it ' +
      'fires; one sample per instant after warm-up',
  },
  {
    name: 'emulate.slips',
    kind: 'counter',
    unit: 'count',
    help: 'instants of the virtual network that ran later than --late-limit, after warm-up',
  },
  {
    name: 'emulate.drift',
    kind: 'gauge',
    unit: 'ns',
    help: 'how far virtual time is behind the wall clock at the end of the run',
  },
  {
    name: 'emulate.transit',
    kind: 'histogram',
    unit: 'ns',
    help:
      'time from reading a datagram of one outside program to writing it to another, over ' +
      'the link between them',
  },
  {
    name: 'emulate.loss',
    kind: 'ratio',
    unit: 'ratio',
    help: 'datagrams that the links between outside programs dropped for any reason, of those offered after warm-up',
  },
  {
    name: 'emulate.sent',
    kind: 'counter',
    unit: 'packets',
    help: 'datagrams that outside programs sent into the network',
  },
  {
    name: 'emulate.received',
    kind: 'counter',
    unit: 'packets',
    help: 'datagrams written to outside programs',
  },
  {
    name: 'emulate.program_failures',
    kind: 'counter',
    unit: 'count',
    help: 'outside programs that ended by themselves with an exit code other than 0',
  },
];
