/**
 * Offers an interval of a trace as a file that ui.perfetto.dev opens.
 *
 * @module
 */
import type { OpenRun } from '../data/library.ts';
import { perfettoOf } from '../data/perfetto.ts';
import type { Window } from '../data/trace-answers.ts';

import { download } from './picture.ts';

/** Makes the file; covers the whole trace if no interval is given. */
export async function savePerfetto(run: OpenRun, window?: Window): Promise<void> {
  const trace = await run.trace();
  const [fromNs, toNs] = trace.info.rangeNs;
  const text = await perfettoOf(trace, window ?? { fromNs, toNs: toNs + 1 });
  const name = `${run.id.replaceAll('/', '-')}.perfetto.json`;
  download(name, new Blob([text], { type: 'application/json' }));
}
