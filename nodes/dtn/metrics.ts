/**
 * Delay-tolerant networking: metrics.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metrics of a node. */
export const DTN_METRICS: readonly MetricDefinition[] = [
  {
    name: 'dtn.accepted',
    kind: 'counter',
    unit: 'packets',
    help: 'messages of the application that became bundles',
  },
  {
    name: 'dtn.forwarded',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles handed to a convergence layer, at the source and at each node on the way',
  },
  {
    name: 'dtn.received',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that neighbours sent, whatever became of them',
  },
  {
    name: 'dtn.received_again',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of received bundles that the node had, or had had, before',
    of: ['dtn.duplicate_copies', 'dtn.received'],
  },
  {
    name: 'dtn.duplicate_copies',
    kind: 'counter',
    unit: 'packets',
    help: 'received bundles that the node had, or had had, before',
  },
  {
    name: 'dtn.security.added',
    kind: 'counter',
    unit: 'count',
    help: 'security operations that nodes added to bundles',
  },
  {
    name: 'dtn.security.verified',
    kind: 'counter',
    unit: 'count',
    help: 'security operations that nodes checked and left in place',
  },
  {
    name: 'dtn.security.accepted',
    kind: 'counter',
    unit: 'count',
    help: 'security operations that nodes checked and removed',
  },
  {
    name: 'dtn.security.failed',
    kind: 'counter',
    unit: 'count',
    help: 'security operations that failed: wrong signature or tag, or no key (reason 15)',
  },
  {
    name: 'dtn.tampered',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles of others in which a hostile node flipped a bit',
  },
  {
    name: 'dtn.records',
    kind: 'counter',
    unit: 'packets',
    help: 'records of neighbours, which routers of copies exchange at encounters',
  },
  {
    name: 'dtn.arrived',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles handed to the application, at the destination',
  },
  {
    name: 'dtn.expired',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that reached the end of their lifetime in a store',
  },
  {
    name: 'dtn.emptying',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from the instant at which a way opens for waiting bundles until the store of the node is empty',
  },
  {
    name: 'dtn.overhead',
    kind: 'ratio',
    unit: 'count',
    help: 'copies sent, less bundles delivered, for each bundle delivered; nothing if none was',
    of: ['dtn.extra_copies', 'dtn.arrived'],
  },
  {
    name: 'dtn.extra_copies',
    kind: 'counter',
    unit: 'packets',
    help: 'copies of bundles that nodes sent, repetitions included, less bundles delivered',
  },
  {
    name: 'dtn.fragments',
    kind: 'counter',
    unit: 'packets',
    help: 'fragments that nodes made of bundles that were too long for their way',
  },
  {
    name: 'dtn.reports',
    kind: 'counter',
    unit: 'packets',
    help: 'status reports that nodes sent',
  },
  {
    name: 'dtn.reported',
    kind: 'counter',
    unit: 'packets',
    help: 'status reports that nodes got',
  },
  {
    name: 'dtn.recovered',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that a node found on its disk after a restart',
  },
  {
    name: 'dtn.custody.lost',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that a node had answered for and does not have after a restart, or dropped to make room',
  },
  {
    name: 'dtn.hops',
    kind: 'histogram',
    unit: 'count',
    help: 'hops of a bundle at its delivery, by its hop count block',
  },
  {
    name: 'dtn.buffer',
    kind: 'gauge',
    unit: 'bytes',
    help: 'bytes of bundles in the store of a node, after each change',
  },
  {
    name: 'dtn.buffer.peak',
    kind: 'histogram',
    unit: 'bytes',
    help: 'bytes of bundles in the store of a node, after each bundle that it took in; its maximum is the peak',
  },
  {
    name: 'dtn.ltp.rounds',
    kind: 'histogram',
    unit: 'count',
    help: 'repairs of a block of LTP until the neighbour had all of it',
  },
  {
    name: 'mesh.messages',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that nodes sent into a mesh, each hop by itself',
    needs: 'use',
  },
  {
    name: 'mesh.arrived',
    kind: 'counter',
    unit: 'packets',
    help: 'bundles that came out of a mesh whole',
    needs: 'use',
  },
  {
    name: 'mesh.delivery.ratio',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of bundles sent into a mesh that came out of it whole',
    of: ['mesh.arrived', 'mesh.messages'],
  },
  {
    name: 'mesh.transmissions',
    kind: 'counter',
    unit: 'packets',
    help: 'frames of a mesh that nodes sent on links, relayed ones included',
    needs: 'use',
  },
  {
    name: 'mesh.transmissions_per_message',
    kind: 'ratio',
    unit: 'count',
    help: 'frames that all nodes of a mesh send for one bundle',
    of: ['mesh.transmissions', 'mesh.messages'],
  },
  {
    name: 'mesh.repaired',
    kind: 'counter',
    unit: 'packets',
    help: 'lost fragments that repairs gave back',
    needs: 'use',
  },
  {
    name: 'mesh.energy',
    kind: 'counter',
    unit: 'count',
    help: 'energy of the radios of a mesh for bits sent and heard, in microjoules at 0.3 a bit',
    needs: 'use',
  },
];
