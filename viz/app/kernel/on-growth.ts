/**
 * Tells a page that the trace of a run in progress has grown.
 *
 * @module
 */
import type { TraceClient } from '../data/trace-client.ts';

const GROWTH_MS = 1_000;

/** Calls `tell` when the trace of a run in progress has grown, at most once a second. */
export function callOnTraceGrowth(
  { live }: Pick<TraceClient, 'live'>,
  signal: AbortSignal,
  tell: () => void,
): void {
  let toldNs = live.value?.news.nowNs ?? -1;
  const check = (): void => {
    const nowNs = live.value?.news.nowNs ?? -1;
    if (nowNs === toldNs) return;
    toldNs = nowNs;
    tell();
  };
  const clock = setInterval(check, GROWTH_MS);
  signal.addEventListener('abort', () => clearInterval(clock));
}
