/**
 * The protocols of this project, and the metrics that files may name.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { FOLDED_METRIC_DEFINITION } from '../../engine/measure/bounded-series.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import type { NamedUserModule } from '../../topologies/assemble/option-modules.ts';
import { EXTERNAL_PROTOCOL } from '../../topologies/model.ts';
import { SHIPPED } from '../generated/protocols.ts';
import { ASK_METRICS } from '../metrics/ask-metrics.ts';
import { EMULATE_METRICS } from '../metrics/emulate-metrics.ts';
import { LIVE_METRICS, PROCESS_METRICS } from '../metrics/live-metrics.ts';
import { RUN_METRICS } from '../metrics/run-metrics.ts';
import { trafficMetrics } from '../metrics/traffic-metrics.ts';

/**
 * True for protocols of this project. Crashes in any other protocol are attributed to its author.
 */
export function isShipped(protocol: Protocol): boolean {
  return SHIPPED.includes(protocol) || protocol.name === EXTERNAL_PROTOCOL;
}

/** Like {@link isShipped}, for the name in a file: the name of a protocol or the path of a module. */
export function isShippedName(name: string): boolean {
  return name === EXTERNAL_PROTOCOL || SHIPPED.some((protocol) => protocol.name === name);
}

/** The shipped protocols, sorted by name. */
export function shippedProtocols(): readonly Protocol[] {
  return SHIPPED;
}

/** All metrics that files may name, if nodes run these protocols. */
export function metricsOfProtocols(protocols: readonly Protocol[]): readonly MetricDefinition[] {
  return [
    ...protocols.flatMap(({ name }) => trafficMetrics(name)),
    ...ASK_METRICS,
    ...EMULATE_METRICS,
    ...RUN_METRICS,
    ...LIVE_METRICS,
    ...PROCESS_METRICS,
    ...PRIVACY_METRICS,
    FOLDED_METRIC_DEFINITION,
  ];
}

/** Functions that list the users' code that files name. */
export interface FindUserCode {
  readonly protocols: () => readonly string[];
  readonly modules: () => readonly NamedUserModule[];
}
