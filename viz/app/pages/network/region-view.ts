/**
 * Draws the regions of clouds as SVG: the convex hull around the hosts of each region, behind all
 * other shapes.
 *
 * @module
 */
import type { Disruption } from '../../data/truth.ts';
import { setAttributeIfChanged, svgElement } from '../../kernel/element.ts';
import type { NodePosition } from './node-position.ts';
import { computeHull, type Region } from './regions.ts';

/** Draws regions of a network as convex hulls. */
export class RegionView {
  readonly root: SVGGElement;
  readonly #hulls: readonly { readonly region: Region; readonly path: SVGPathElement }[];

  /**
   * @param select Called when the reader clicks the hull of a region, with the id of the link
   *   between the region's hosts.
   */
  constructor(regions: readonly Region[], select: (id: string) => void) {
    this.#hulls = regions.map((region) => {
      const { within } = region;
      const click = (): void => {
        if (within !== undefined) select(within);
      };
      const title = svgElement('title', {}, within === undefined ? '' : `within: ${within}`);
      return { region, path: svgElement('path', { class: 'region', click }, title) };
    });
    this.root = svgElement(
      'g',
      {},
      this.#hulls.map(({ path }) => path),
    );
  }

  /**
   * Draws the hulls again, for new positions of the nodes.
   * @param at Returns the position of a node, px, given its number.
   */
  lay(at: (node: number) => NodePosition): void {
    for (const { region, path } of this.#hulls) {
      const corners = computeHull([region.node, ...region.hosts].map(at));
      const d = corners.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
      setAttributeIfChanged(path, 'd', `M${d}Z`);
    }
  }

  /**
   * Shows for which regions the link between their hosts has a fault, and which region is selected.
   */
  update(disruptions: ReadonlyMap<string, Disruption>, selected: string | undefined): void {
    for (const { region, path } of this.#hulls) {
      const { within = '' } = region;
      const state = disruptions.get(within)?.state ?? 'up';
      const isSelected = within !== '' && within === selected;
      setAttributeIfChanged(path, 'class', `region ${state}${isSelected ? ' selected' : ''}`);
    }
  }
}
