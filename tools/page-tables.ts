/**
 * The tables of metrics and drops that no protocol declares, each at the end of the page where it belongs.
 *
 * @module
 */
import { FOLDED_METRIC_DEFINITION } from '../engine/measure/bounded-series.ts';
import { DROP_REASON_MEANINGS } from '../engine/net/drop-reasons.ts';
import { ASK_METRICS } from '../scenarios/metrics/ask-metrics.ts';
import { EMULATE_METRICS } from '../scenarios/metrics/emulate-metrics.ts';
import { LIVE_METRICS, PROCESS_METRICS } from '../scenarios/metrics/live-metrics.ts';
import { RUN_METRICS } from '../scenarios/metrics/run-metrics.ts';
import { PROCESS_RESOURCE_METRICS } from '../services/operator/index.ts';
import { gatewayMetricTables } from './gateway-metric-tables.ts';
import { dropTable, metricTable } from './protocol-tables.ts';

/** The tables that `npm run protocols` writes at the end of a page, by the path of the page. */
export const PAGE_TABLES: Readonly<Record<string, readonly string[]>> = {
  'docs/spec/gateway-metrics.md': gatewayMetricTables(),
  'docs/spec/link-model.md': [dropTable(DROP_REASON_MEANINGS)],
  'docs/spec/live.md': [
    metricTable('Metrics of live runs', LIVE_METRICS),
    metricTable('Metrics of live runs in several processes', PROCESS_METRICS),
    metricTable('Metrics of emulated runs', EMULATE_METRICS),
  ],
  'docs/spec/scenario-files.md': [
    metricTable('Metrics of every run', [...RUN_METRICS, FOLDED_METRIC_DEFINITION]),
    metricTable('Metrics of runs that ask nodes', ASK_METRICS),
  ],
  'services/operator/README.md': [metricTable('Metrics', PROCESS_RESOURCE_METRICS)],
};
