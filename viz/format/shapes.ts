/**
 * Functions that make shapes of drawings, and a few other functions that the drawings of several
 * protocols use. Shapes are plain data; the page draws them.
 *
 * @module
 */
import type { DrawingInput, NodeState, Shape } from './drawing.ts';

type Of<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;
type Look<K extends Shape['kind']> = Omit<Of<K>, 'kind' | 'x' | 'y' | 'text' | 'w' | 'h'>;

/** A drawing narrower than this, px, is made for the screen of a phone. */
export const NARROW_WIDTH_PX = 560;

/** Makes a text in small type; (`x`, `y`) is the left end of its base line, px. */
export function textShape(x: number, y: number, text: string, look: Look<'text'> = {}): Of<'text'> {
  return { kind: 'text', x, y, text, size: 'small', ...look };
}

/** Makes a box from its upper left corner, its width and its height, px. */
export function boxShape(
  place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
  look: Look<'rect'>,
): Of<'rect'> {
  return { kind: 'rect', ...place, ...look };
}

/** Width of an average character of small text, px. */
const CHARACTER = 6.6;

/** Shortens a text in small type with an ellipsis if it is wider than `width` px. */
export function textCutToWidth(text: string, width: number): string {
  const room = Math.floor(width / CHARACTER);
  return text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text;
}

/** Formats a whole number with its digits in groups of three: `81 204`. */
export function digitsInGroups(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Formats a duration given in microseconds: `24.0 ms`, or `250 µs` below 1 ms. */
export function millisecondsText(us: number): string {
  return us < 1000 ? `${us} µs` : `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`;
}

/**
 * Returns the nodes that have something to draw, in the order of the run. If the selected node is
 * one of them, returns only that node.
 */
export function nodesShown(
  { nodes, selected }: DrawingInput,
  hasSomething: (node: NodeState) => boolean,
): readonly NodeState[] {
  const candidates = nodes.filter(hasSomething);
  const own = candidates.filter(({ name }) => name === selected);
  return own.length > 0 ? own : candidates;
}
