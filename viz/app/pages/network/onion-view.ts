/**
 * Draws the layers of encryption of a packet as an onion: a ring for each node that removes a
 * layer; the outermost ring is for the first of these nodes. A ring becomes dashed once its layer
 * is removed.
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import { svgElement } from '../../kernel/element.ts';
import type { OnionLayer } from './trail.ts';

const WIDTH = 284;
const HEIGHT = 168;
const CENTRE = 84;
const OUTER = 78;
const CORE = 16;

/**
 * Draws the layers of a packet at one hop of its route.
 * @param step Index of the hop.
 */
export function onionView(layers: readonly OnionLayer[], step: number): SVGSVGElement {
  const isOff = ({ offFrom }: OnionLayer): boolean => step >= offFrom;
  const gap = (OUTER - CORE) / layers.length;
  const line = Math.min(20, HEIGHT / (layers.length + 1));
  const top = (HEIGHT - line * layers.length) / 2 + line * 0.7;
  const rings = layers.map((layer, at) => {
    const radius = OUTER - at * gap;
    const state = isOff(layer) ? 'off' : 'on';
    return svgElement(
      'g',
      { class: `layer ${state}` },
      svgElement('circle', { cx: CENTRE, cy: HEIGHT / 2, r: radius }),
      svgElement('text', { x: CENTRE, y: HEIGHT / 2 - radius + gap / 2 + 4 }, at + 1),
      svgElement(
        'text',
        { class: 'name', x: 2 * CENTRE + 8, y: top + at * line },
        `${at + 1} ${layer.node}${isOff(layer) ? ', off' : ''}`,
      ),
    );
  });
  const left = layers.filter((layer) => !isOff(layer)).length;
  return svgElement(
    'svg',
    {
      ...{ class: 'onion', width: WIDTH, height: HEIGHT, role: 'img', 'data-left': left },
      'aria-label': `${countWithNoun(left, 'layer')} of ${layers.length} left: ${wordsOf(layers, isOff)}`,
    },
    rings,
    svgElement('circle', { class: 'core', cx: CENTRE, cy: HEIGHT / 2, r: CORE - 4 }),
  );
}

function wordsOf(layers: readonly OnionLayer[], isOff: (layer: OnionLayer) => boolean): string {
  return layers.map((layer) => `${layer.node} ${isOff(layer) ? 'off' : 'on'}`).join(', ');
}
