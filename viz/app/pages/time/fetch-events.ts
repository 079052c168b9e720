/**
 * Fetches the events of the visible range: the number of packets by bin, which the trace stores at
 * several resolutions (its pyramid), and single packets only if there are few.
 *
 * @module
 */
import type { HopColumns, TimeWindow } from '../../data/trace-answers.ts';
import type { TraceClient } from '../../data/trace-client.ts';
import type { WindowEvents } from './tracks.ts';

/** If the range has fewer bins than this, the bins are too wide, and single packets are queried. */
const BINS_MIN = 60;
/** Largest number of packets in a range for which single packets are queried. */
const PACKETS_MAX = 50_000;
const COLUMNS = 600;

/** Fetches all events of a window. */
export async function fetchEvents(trace: TraceClient, window: TimeWindow): Promise<WindowEvents> {
  const [density, spans, marks] = await Promise.all([
    trace.ask('density', { ...window, binsMax: COLUMNS }),
    trace.ask('spans', window),
    trace.ask('marks', window),
  ]);
  const expected = density.count.reduce((sum, one) => sum + one, 0);
  const isFine = density.bins >= BINS_MIN || expected > PACKETS_MAX;
  const hops = isFine ? undefined : await packetsOf(trace, window);
  return { density, hops, spans, marks };
}

async function packetsOf(trace: TraceClient, window: TimeWindow): Promise<HopColumns | undefined> {
  const { counts, windowsNs } = trace.info;
  const { fromNs, toNs } = window;
  const isKept = windowsNs.some(([from, to]) => from <= fromNs && to >= toNs);
  if ((counts['hop'] ?? 0) === 0 || !isKept) return undefined;
  const hops = await trace.ask('hops', { fromNs, toNs, rowsMax: 4 * PACKETS_MAX });
  return hops.total > hops.rows ? undefined : hops;
}
