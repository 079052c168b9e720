/**
 * `flows.csv`: packets and latencies of each flow of each seed after the warm-up (RFC 4180), for runs
 * with more flows than their report shows.
 *
 * @module
 */
import { csvCell } from './csv-text.ts';
import type { SeedResult } from './model.ts';

/** Name of the file in the folder of a run. */
export const FLOWS_FILE = 'flows.csv';

/** The document in parts of at most a thousand flows of one seed. */
export function* flowsCsv(seeds: readonly SeedResult[]): Generator<string> {
  let part =
    'seed,flow,sent [packets],delivered [packets],latency p50 [ns],latency p95 [ns],latency max [ns]\r\n';
  let lines = 0;
  for (const { seed, flows = [] } of seeds) {
    for (const { flow, sent, delivered, latencyNs } of flows) {
      const { p50 = '', p95 = '', max = '' } = latencyNs ?? {};
      part += `${[seed, csvCell(flow), sent, delivered, p50, p95, max].join(',')}\r\n`;
      lines += 1;
      if (lines % 1_000 !== 0) continue;
      yield part;
      part = '';
    }
  }
  yield part;
}
