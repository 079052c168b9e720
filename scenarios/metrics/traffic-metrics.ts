/**
 * The metrics that every protocol has without defining them, because they are measured at the
 * applications: `<protocol>.latency`, `.throughput`, `.failover` and so on.
 *
 * Definitions: docs/spec/scenario-files.md#kpis; the estimators are in `flow-meter.ts`.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

type Row = readonly [
  name: string,
  kind: MetricDefinition['kind'],
  unit: MetricDefinition['unit'],
  help: string,
];

const ROWS: readonly Row[] = [
  [
    'latency',
    'histogram',
    'ns',
    'time from the send call to the delivery to the peer application, for all packets ' +
      'sent ' +
      'after warm-up that arrived unchanged',
  ],
  [
    'throughput',
    'counter',
    'packets',
    'packets sent after warm-up that were delivered once with correct length and checksum; the rate is per minute of measured time',
  ],
  [
    'delivery',
    'ratio',
    'ratio',
    'packets delivered with correct payload, of those sent after warm-up (strict packet ratio)',
  ],
  [
    'availability',
    'ratio',
    'ratio',
    'share of the 1 s windows with traffic, sliding by 100 ms after warm-up, in which at ' +
      'least half of the packets sent in the window were delivered within 1 s',
  ],
  [
    'failover',
    'samples',
    'ns',
    'per fault on the active path of a flow: arrival of the first packet sent after the fault that arrives, minus arrival of the last packet sent before it that arrived, minus the nominal spacing',
  ],
  [
    'failover.lost',
    'samples',
    'packets',
    'per fault on the active path: packets of the gap that were never delivered',
  ],
  [
    'disturbance',
    'samples',
    'ns',
    'per fault of a link on the active path: time from the fault to the end of the last 100 ms in which more than a tenth of the packets sent, and more than chance explains, were lost or took over twice the median before',
  ],
  [
    'recovery',
    'samples',
    'ns',
    'per crash of a node at an end of a flow: time from the restart to the arrival of the ' +
      'first packet sent after the crash',
  ],
  [
    'detection',
    'samples',
    'ns',
    'per fault on the active path: time from the fault to the first decision that it caused',
  ],
  [
    'switches',
    'ratio',
    'count',
    'changes of path caused by faults, per fault that hit an active path',
  ],
  [
    'reorder',
    'histogram',
    'packets',
    'how far the sequence number of a late packet is behind the highest one that arrived before it',
  ],
  ['duplicates', 'counter', 'packets', 'packets delivered a second time to the application'],
  ['corrupted', 'counter', 'packets', 'packets delivered with wrong length or checksum'],
  [
    'offered',
    'counter',
    'packets',
    'packets that applications asked to be sent after warm-up; the rate is per minute of measured time',
  ],
  ['accepted', 'counter', 'packets', 'packets that the sending node accepted, of those offered'],
  [
    'refused',
    'counter',
    'packets',
    'packets that the sending node refused with a reason (no path, no session, overload), ' +
      'of those offered',
  ],
  [
    'response_time',
    'histogram',
    'ns',
    'time from request to response at the requesting application',
  ],
  [
    'transfer',
    'samples',
    'ns',
    'time from the start of a file transfer to the delivery of its last byte',
  ],
];

/** Definitions of the traffic metrics of one protocol. */
export function trafficMetrics(protocol: string): readonly MetricDefinition[] {
  return ROWS.map(([name, kind, unit, help]) => ({
    name: `${protocol}.${name}`,
    kind,
    unit,
    help,
  }));
}
