/**
 * Messages that arrive exactly once: calls of 1 kB between two nodes in virtual time, with all layers
 * below real, on one core; and messages of 10 MB one after another in virtual time, compared with the
 * time that the wire takes. A call is two messages. Targets hold where the calibration loop makes 100
 * million steps per second.
 *
 * The document that promises such rates states 45,234 messages/s by RPC and 892 by bundle, on another
 * machine.
 *
 * `npm run bench -- fabric`
 *
 * @module
 */
import type { SeedResult } from '../reports/model.ts';
import type { BenchResult } from './bench-result.ts';
import { inTurnWithLoop } from './in-turn.ts';
import {
  BUNDLE_CALLS_SCENARIO,
  DATAGRAM_CALLS_SCENARIO,
  GATEWAY_CALLS_SCENARIO,
  longMessagesScenario,
} from './workloads/fabric-calls.ts';
import { FabricRuns, REFERENCE_PACE } from './workloads/fabric-runs.ts';

/** Name of this benchmark for `npm run bench -- fabric`. */
export const name = 'fabric';

const ROUNDS = 2;
const NS_PER_MS = 1e6;

const TARGETS: Readonly<Record<string, number>> = {
  'calls of 1 kB over datagrams': 30_000,
  'calls of 1 kB over gateways': 10_000,
};
const CLAIMED: Readonly<Record<string, string>> = {
  'calls of 1 kB over datagrams': 'document, by RPC: 45,234',
  'calls of 1 kB over gateways': 'document, by RPC: 45,234',
  'calls of 1 kB over bundles': 'document, by bundle: 892',
};

/** Measures all figures; returns a line for each. */
export async function run(): Promise<readonly BenchResult[]> {
  const runs = new FabricRuns();
  try {
    const measured = await inTurnWithLoop(
      [
        runs.calls('calls of 1 kB over datagrams', DATAGRAM_CALLS_SCENARIO),
        runs.calls('calls of 1 kB over gateways', GATEWAY_CALLS_SCENARIO),
        runs.calls('calls of 1 kB over bundles', BUNDLE_CALLS_SCENARIO),
      ],
      ROUNDS,
    );
    return [...measured.map(withTarget), ...long(runs, '0%', 1.3), ...long(runs, '1%', 2.5)];
  } finally {
    runs.close();
  }
}

function withTarget(result: BenchResult): BenchResult {
  const target = TARGETS[result.name];
  const rate = (result.ratio ?? Number.NaN) * REFERENCE_PACE;
  const at = `${rate.toLocaleString('en', { maximumSignificantDigits: 3 })} at ${REFERENCE_PACE} M steps/s`;
  const isMet = target === undefined ? '' : rate >= target ? ', met' : ', MISSED';
  const note = [`${at}${isMet}`, CLAIMED[result.name]].join('; ');
  return { ...result, ...(target !== undefined && { target }), note };
}

/** A message of 10 MB on the wire, bytes: its packets have headers of fabric and of the host. */
const LONG_BYTES = 10_000_000;
const PACKET_BYTES = 1_199;
const PIECE_BYTES = PACKET_BYTES - 41;
const OUTER_BYTES = 1;
const WIRE_BPS = 1e9;
const ROUND_TRIP_MS = 20;
const WIRE_MS =
  (Math.ceil(LONG_BYTES / PIECE_BYTES) * (PACKET_BYTES + OUTER_BYTES) * 8 * 1_000) / WIRE_BPS +
  ROUND_TRIP_MS;
const FIRST_MOST = 4;
const OPENING = 2;

/** Virtual times of messages of 10 MB, as multiples of the time that the wire takes; the same on all machines. */
function long(runs: FabricRuns, loss: string, most: number): readonly BenchResult[] {
  const text = longMessagesScenario(loss);
  const all = callsOf(runs.run(text));
  const opening = callsOf(runs.run(text.replace('count: 10', `count: ${OPENING}`)));
  const first = callsOf(runs.run(text.replace('count: 10', 'count: 1')));
  const later = (all.sum - opening.sum) / (all.count - opening.count) / NS_PER_MS / WIRE_MS;
  const unit = 'x wire';
  const ratio = Number.NaN;
  const note = `wire and round trip: ${WIRE_MS.toFixed(0)} ms; virtual time`;
  return [
    {
      name: `10 MB, the first, loss ${loss}`,
      ...{ unit, ratio, note, target: FIRST_MOST },
      value: first.sum / NS_PER_MS / WIRE_MS,
    },
    {
      name: `10 MB, from the third on, loss ${loss}`,
      unit,
      ratio,
      note,
      target: most,
      value: later,
    },
  ];
}

const SUM_HIGH = 2 ** 52;

function callsOf({ metrics }: SeedResult): { readonly sum: number; readonly count: number } {
  const found = metrics['fabric.call'];
  if (found?.kind !== 'histogram') return { sum: 0, count: 0 };
  const { sumHigh, sumLow, count } = found.data;
  return { sum: sumHigh * SUM_HIGH + sumLow, count };
}
