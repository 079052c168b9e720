/**
 * Finds the drawings that protocols provide (`nodes/<p>/viz.ts`) by file name and calls them
 * safely: if the code of a drawing throws, the page shows the error instead; if it takes too long,
 * the page says that it is slow.
 *
 * @module
 */
import type {
  Drawing,
  DrawingInput,
  NodeState,
  ProtocolView,
  ProtocolViz,
} from '../../format/drawing.ts';
import type { MachineStateEntries, TraceInfo } from './trace-answers.ts';

/**
 * Time that a drawing may take in one frame, ms; a drawing that takes longer is reported as slow
 * (docs/spec/browser-view.md).
 */
const BUDGET_MS = 20;

/** A drawing of a plug-in, or the error that it threw. */
export type DrawingResult =
  | { readonly kind: 'drawing'; readonly drawing: Drawing; readonly isSlow: boolean }
  | { readonly kind: 'trouble'; readonly message: string };

/** All plug-ins, sorted by the name of their protocol. */
export function sortPlugIns(
  modules: Readonly<Record<string, { readonly viz: ProtocolViz }>>,
): readonly ProtocolViz[] {
  return Object.values(modules)
    .map(({ viz }) => viz)
    .sort((a, b) => a.protocol.localeCompare(b.protocol));
}

/** True if a view says that it can draw this input, or throws: then the page shows the error. */
export function isViewApplicable(view: ProtocolView, input: DrawingInput): boolean {
  try {
    return view.applies(input);
  } catch {
    return true;
  }
}

/**
 * Lists the nodes of a run with their states at one instant, in the order of their numbers. After
 * all nodes, a node with a stack of protocols is listed again for each upper protocol, with the
 * states of that protocol.
 */
export function listNodeStates(
  { nodes }: Pick<TraceInfo, 'nodes'>,
  world: MachineStateEntries,
): readonly NodeState[] {
  const byNode = new Map(world);
  const above = nodes.flatMap(({ name, layers = [] }, number) =>
    layers.map((protocol) => {
      // The trace names a machine of an upper protocol with the protocol's name in front
      // (docs/spec/stacking.md).
      const prefix = `${protocol}/`;
      const own = (byNode.get(number) ?? []).filter(([machine]) => machine.startsWith(prefix));
      const states = own.map(([machine, state]) => [machine.slice(prefix.length), state] as const);
      return { number, name, protocol, states: new Map(states) };
    }),
  );
  return [
    ...nodes.map(({ name, protocol }, number) => {
      return { number, name, protocol, states: new Map(byNode.get(number)) };
    }),
    ...above,
  ];
}

/** Draws a view; never throws: an error of the plug-in becomes a result of kind `trouble`. */
export function drawViewSafely(
  view: ProtocolView,
  input: DrawingInput,
  nowMs: () => number = () => performance.now(),
): DrawingResult {
  const begin = nowMs();
  try {
    const drawing = view.draw(input);
    return { kind: 'drawing', drawing, isSlow: nowMs() - begin > BUDGET_MS };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'trouble', message: `${view.title} cannot be drawn: ${message}` };
  }
}
