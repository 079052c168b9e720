/**
 * Opens the run that the address names, and closes the run that was open before.
 *
 * @module
 */
import { axisEndNs } from '../../../reports/done-text.ts';
import type { OpenRun, RunLibrary } from '../data/library.ts';
import { Observable } from './observable.ts';
import type { ViewState } from './view-state.ts';

/** The state of opening a run. */
export type RunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly id: string }
  | { readonly kind: 'open'; readonly run: OpenRun }
  | { readonly kind: 'trouble'; readonly id: string; readonly error: unknown };

/** Opens the run that the address names, and another run whenever the address changes. */
export function followRunInUrl(view: ViewState, library: RunLibrary): Observable<RunState> {
  const state = new Observable<RunState>({ kind: 'none' });
  const forever = new AbortController().signal;
  view.run.watch(forever, (id) => {
    if (state.value.kind === 'open') state.value.run.close();
    state.value = id === undefined ? { kind: 'none' } : { kind: 'opening', id };
    if (id !== undefined) void open(id);
  });
  return state;

  async function open(id: string): Promise<void> {
    let next: RunState;
    try {
      const run = await library.open(id);
      const { report } = run;
      const endNs = report === undefined ? (await run.trace()).info.durationNs : axisEndNs(report);
      if (view.run.value !== id) return run.close();
      view.openTime([0, Math.max(1, endNs)]);
      next = { kind: 'open', run };
    } catch (error) {
      next = { kind: 'trouble', id, error };
    }
    if (view.run.value === id) state.value = next;
  }
}
