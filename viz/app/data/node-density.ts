/**
 * Counts the packets that arrived at each node, from the counts per time bin that the trace stores
 * at several resolutions (its pyramid). No single packet is read, so this is fast for any number of
 * packets (docs/spec/browser-view.md).
 *
 * @module
 */
import { PYRAMID_LEVELS } from '../../../engine/measure/trace/layout.ts';
import { isFailure, type TraceFailure } from '../../format/failure.ts';
import type { TraceFile } from '../../format/trace-file.ts';
import type { ArrivalDensity, TimeWindow } from './trace-answers.ts';

const BINS_MAX = 600;

/**
 * Counts, for each node and each bin of the window, the packets that arrived and those that were
 * lost on the links to the node; `binsMax` is 600 by default.
 */
export async function arrivalDensityByNode(
  trace: TraceFile,
  { fromNs, toNs, binsMax = BINS_MAX }: TimeWindow & { readonly binsMax?: number },
): Promise<ArrivalDensity | TraceFailure> {
  const nodes = trace.header.nodes.length;
  const levels = PYRAMID_LEVELS.slice(
    Math.max(0, Math.min(trace.header.linkLevel, PYRAMID_LEVELS.length - 1)),
  );
  const least = (toNs - fromNs) / binsMax;
  const level = levels.find(({ widthNs }) => widthNs >= least) ?? levels.at(-1);
  const binNs = level?.widthNs ?? 1;
  const startNs = Math.floor(fromNs / binNs) * binNs;
  const bins = Math.max(1, Math.ceil((toNs - startNs) / binNs));
  const density = {
    binNs,
    startNs,
    bins,
    count: new Float64Array(nodes * bins),
    drops: new Float64Array(nodes * bins),
  };
  const ranges = await trace.rows(level?.table.name ?? '', startNs, toNs);
  if (isFailure(ranges)) return ranges;
  for (const { block, from, to } of ranges) {
    for (let row = from; row < to; row += 1) {
      const node = trace.links[block.value('track', row) - 1]?.to ?? -1;
      const bin = Math.round((block.time('start', row) - startNs) / binNs);
      if (node < 0 || bin < 0 || bin >= bins) continue;
      const at = node * bins + bin;
      density.count[at] = (density.count[at] ?? 0) + block.value('count', row);
      density.drops[at] = (density.drops[at] ?? 0) + block.value('drops', row);
    }
  }
  return density;
}
