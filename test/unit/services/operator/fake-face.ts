/**
 * A fake node for the tests of the operator's interface, which reports whatever a test needs.
 *
 * @module
 */
import { MeterTable } from '../../../../engine/measure/counters.ts';
import type {
  NodeProcessBackend,
  NodeStatus,
  OperatorAnswer,
  OperatorLog,
  OperatorQuestion,
  ProbeResult,
} from '../../../../services/operator/index.ts';
import { createJsonLog } from '../../../../services/operator/index.ts';

/** Metrics of the fake node, one of each kind. */
const DEFINITIONS = [
  { name: 'gateway.sent', kind: 'counter', unit: 'packets', help: 'Packets sent' },
  { name: 'gateway.windows', kind: 'gauge', unit: 'count', help: 'Windows open' },
  { name: 'gateway.latency', kind: 'histogram', unit: 'ns', help: 'One way' },
  { name: 'gateway.failover', kind: 'samples', unit: 'ns', help: 'Gap in delivery' },
  { name: 'gateway.delivery', kind: 'ratio', unit: 'ratio', help: 'Delivered of sent' },
] as const;

/** The parts of the fake node that a test may change. */
export interface FakeFace extends NodeProcessBackend {
  status: () => NodeStatus;
  metrics: NodeProcessBackend['metrics'];
  readonly meter: MeterTable;
  dropped: Record<string, number>;
  probe?: () => Promise<ProbeResult | undefined>;
  nodes: NodeProcessBackend['nodes'];
  ask?: (question: OperatorQuestion, signal: AbortSignal) => Promise<OperatorAnswer>;
}

/** A fake node that is ready and running. */
export function fakeFace(over: Partial<NodeStatus> = {}): FakeFace {
  const meter = new MeterTable(DEFINITIONS);
  const face: FakeFace = {
    name: 'gateway-111',
    definitions: DEFINITIONS,
    meter,
    dropped: {},
    status: () => ({
      state: 'running',
      node: 'gateway-111',
      protocol: 'gateway',
      uptimeSeconds: 12.5,
      ready: true,
      reasons: [],
      rssBytes: 96 * 1024 * 1024,
      cpuSeconds: 2.5,
      ...over,
    }),
    metrics: () => meter.data(),
    drops: () => face.dropped,
    nodes: () => ({ 'gateway-111': { peers: 1 } }),
    reload: () => ({ applied: [], needsRestart: [] }),
    probe: () => Promise.resolve({ ok: true, ms: 20.4 }),
    drain: () => Promise.resolve(),
  };
  return face;
}

/** A log that stores its lines as objects. */
export function keptLog(environment = ''): {
  readonly log: OperatorLog;
  readonly lines: Readonly<Record<string, unknown>>[];
} {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const destination = {
    write: (line: string): void => {
      lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>);
    },
  };
  return { log: createJsonLog({ node: 'gateway-111', environment, destination }), lines };
}
