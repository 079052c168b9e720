/**
 * The onion: a ring per node that removes a layer, the first one outermost; dashed once it is
 * removed.
 *
 * @module
 */
import { plural } from '../../../../reports/format.ts';
import { svgElement } from '../../kernel/element.ts';
import type { Skin } from './trail.ts';

const WIDTH = 284;
const HEIGHT = 168;
const CENTRE = 84;
const OUTER = 78;
const CORE = 16;

/** Draws its state at a step. */
export function onionView(skins: readonly Skin[], step: number): SVGSVGElement {
  const isOff = ({ offFrom }: Skin): boolean => step >= offFrom;
  const gap = (OUTER - CORE) / skins.length;
  const line = Math.min(20, HEIGHT / (skins.length + 1));
  const top = (HEIGHT - line * skins.length) / 2 + line * 0.7;
  const rings = skins.map((skin, at) => {
    const radius = OUTER - at * gap;
    const state = isOff(skin) ? 'off' : 'on';
    return svgElement(
      'g',
      { class: `skin ${state}` },
      svgElement('circle', { cx: CENTRE, cy: HEIGHT / 2, r: radius }),
      svgElement('text', { x: CENTRE, y: HEIGHT / 2 - radius + gap / 2 + 4 }, at + 1),
      svgElement(
        'text',
        { class: 'name', x: 2 * CENTRE + 8, y: top + at * line },
        `${at + 1} ${skin.node}${isOff(skin) ? ', off' : ''}`,
      ),
    );
  });
  const left = skins.filter((skin) => !isOff(skin)).length;
  return svgElement(
    'svg',
    {
      ...{ class: 'onion', width: WIDTH, height: HEIGHT, role: 'img', 'data-left': left },
      'aria-label': `${plural(left, 'layer')} of ${skins.length} left: ${wordsOf(skins, isOff)}`,
    },
    rings,
    svgElement('circle', { class: 'core', cx: CENTRE, cy: HEIGHT / 2, r: CORE - 4 }),
  );
}

function wordsOf(skins: readonly Skin[], isOff: (skin: Skin) => boolean): string {
  return skins.map((skin) => `${skin.node} ${isOff(skin) ? 'off' : 'on'}`).join(', ');
}
