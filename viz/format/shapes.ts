/**
 * Short ways to make the shapes of a drawing, and the few words that drawings of protocols share.
 * Pure data; what a shape looks like is the page's business.
 *
 * @module
 */
import type { DrawingInput, NodeState, Shape } from './drawing.ts';

type Of<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;
type Look<K extends Shape['kind']> = Omit<Of<K>, 'kind' | 'x' | 'y' | 'text' | 'w' | 'h'>;

/** Drawings narrower than this are on a telephone, px. */
export const NARROW = 560;

/** Words at a place of the base line. */
export function words(x: number, y: number, text: string, look: Look<'text'> = {}): Of<'text'> {
  return { kind: 'text', x, y, text, size: 'small', ...look };
}

/** A box by its upper left corner. */
export function box(
  place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
  look: Look<'rect'>,
): Of<'rect'> {
  return { kind: 'rect', ...place, ...look };
}

/** `81 204`: a count in groups of three. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** `24.0 ms` of microseconds. */
export function milliseconds(us: number): string {
  return us < 1000 ? `${us} µs` : `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`;
}

/** Nodes in the order of the run, the selected one alone where it has something to show. */
export function nodesShown(
  { nodes, selected }: DrawingInput,
  hasSomething: (node: NodeState) => boolean,
): readonly NodeState[] {
  const candidates = nodes.filter(hasSomething);
  const own = candidates.filter(({ name }) => name === selected);
  return own.length > 0 ? own : candidates;
}
