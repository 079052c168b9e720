/**
 * Offers part of a trace as a file that ui.perfetto.dev can open.
 *
 * @module
 */
import type { OpenRun } from '../data/library.ts';
import { exportPerfetto } from '../data/perfetto.ts';
import type { TimeWindow } from '../data/trace-answers.ts';

import { downloadFile } from './picture.ts';

/**
 * Downloads the file. It covers the interval `window`, or the whole trace if no interval is given.
 */
export async function savePerfetto(run: OpenRun, window?: TimeWindow): Promise<void> {
  const trace = await run.trace();
  const [fromNs, toNs] = trace.info.rangeNs;
  const text = await exportPerfetto(trace, window ?? { fromNs, toNs: toNs + 1 });
  const name = `${run.id.replaceAll('/', '-')}.perfetto.json`;
  downloadFile(name, new Blob([text], { type: 'application/json' }));
}
