/**
 * Draws two routes with a label: the route of packets before a fault, which fades, and their route
 * after the switch to another path. Both are drawn below nodes and packets.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import { setAttributeIfChanged, svgElement } from '../../kernel/element.ts';
import type { Detour, DetourStyle } from './detour.ts';
import type { NodePosition } from './node-position.ts';

/** Returns the positions of both ends of a link in the drawing, px, by the id of the link. */
export type LinkEndPositions = (id: string) => readonly [NodePosition, NodePosition] | undefined;

/** The routes to draw, and their style at the instant of the cursor. */
export interface ShownDetour {
  readonly detour: Detour;
  readonly look: DetourStyle;
}

/**
 * Draws the routes before and after a path switch. The caller puts {@link DetourView.root} below
 * the nodes and {@link DetourView.stamp} above them.
 */
export class DetourView {
  readonly #old = svgElement('path', { class: 'old-way' });
  readonly #new = svgElement('path', { class: 'new-way' });
  readonly root = svgElement('g', { class: 'detour', 'aria-hidden': 'true' }, this.#old, this.#new);
  readonly stamp = svgElement('text', { class: 'stamp', 'aria-hidden': 'true' });

  #written = '';

  /**
   * Draws the routes, or removes them. A narrow drawing has no room for the label; there the text
   * below the drawing describes the switch.
   */
  show(shown: ShownDetour | undefined, ends: LinkEndPositions, isNarrow: boolean): void {
    const stamp = shown?.look.stamp ?? [];
    const oldWay = shown?.detour.oldWay ?? [];
    const newWay = stamp.length === 0 ? [] : (shown?.detour.newWay ?? []);
    setAttributeIfChanged(this.#old, 'd', pathOf(oldWay, ends));
    setAttributeIfChanged(this.#old, 'opacity', (shown?.look.oldOpacity ?? 0).toFixed(2));
    setAttributeIfChanged(this.#new, 'd', pathOf(newWay, ends));
    const fresh = newWay.filter((id) => !oldWay.includes(id));
    const points = (fresh.length > 0 ? fresh : newWay).flatMap((id) => ends(id) ?? []);
    this.#write(points.length === 0 || isNarrow ? '' : stamp.join(', '), points);
  }

  /** Writes the label at the middle of the new part of the route. */
  #write(words: string, points: readonly NodePosition[]): void {
    const x = middle(points.map((point) => point.x)).toFixed(1);
    // The label must not cover the line of packets and the circle of a node, so it is above them.
    const y = (middle(points.map((point) => point.y)) - 16).toFixed(1);
    const key = `${x} ${y} ${words}`;
    if (key === this.#written) return;
    this.#written = key;
    setAttributeIfChanged(this.stamp, 'x', x);
    setAttributeIfChanged(this.stamp, 'y', y);
    this.stamp.textContent = words;
  }
}

function middle(values: readonly number[]): number {
  return values.length === 0 ? 0 : (leastOf(values) + greatestOf(values)) / 2;
}

function pathOf(ids: readonly string[], ends: LinkEndPositions): string {
  return ids
    .map((id) => {
      const pair = ends(id);
      if (pair === undefined) return '';
      const [a, b] = pair;
      return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
    })
    .join('');
}
