/**
 * Draws as SVG the shapes of which the drawing of a protocol consists (`viz/format/drawing.ts`).
 *
 * @module
 */
import type { ColourRole, Shape, ShapeStyle } from '../../format/drawing.ts';
import { type Attributes, setAttributeIfChanged, svgElement } from '../kernel/element.ts';

const DASHES = { solid: undefined, dashed: '6 4', dotted: '1.5 3.5' } as const;

/** Makes the SVG element of a shape. */
export function shapeElement(shape: Shape): SVGElement {
  const made = bare(shape);
  const { key, isChosen = false, title } = shape;
  if (key !== undefined) {
    setAttributeIfChanged(made, 'class', 'choice');
    setAttributeIfChanged(made, 'data-key', key);
    setAttributeIfChanged(made, 'role', 'button');
    setAttributeIfChanged(made, 'tabindex', 0);
    setAttributeIfChanged(made, 'aria-pressed', String(isChosen));
    setAttributeIfChanged(made, 'aria-label', title ?? key);
  }
  if (title !== undefined) made.prepend(svgElement('title', {}, title));
  return made;
}

function bare(shape: Shape): SVGElement {
  const ink = inkOf(shape);
  switch (shape.kind) {
    case 'line': {
      const { x1, y1, x2, y2 } = shape;
      return svgElement('line', { ...ink, x1, y1, x2, y2 });
    }
    case 'rect': {
      const { x, y, w, h, radius } = shape;
      return svgElement('rect', { ...ink, x, y, width: w, height: h, rx: radius });
    }
    case 'circle':
      return svgElement('circle', { ...ink, cx: shape.x, cy: shape.y, r: shape.r });
    case 'path':
      return svgElement('path', { ...ink, d: shape.d });
    case 'text': {
      const { x, y, text, anchor = 'start', size, weight } = shape;
      const font = `font-size: ${size === 'small' ? 12 : 14}px; font-weight: ${weight === 'strong' ? 600 : 400}`;
      // The colour is set as a style, because the style sheet of charts gives all text the colour
      // of axes.
      const style = `text-anchor: ${anchor}; ${font}; fill: ${colourVariable(shape.fill ?? 'text')}`;
      return svgElement('text', { ...ink, x, y, style }, text);
    }
    case 'group':
      return svgElement('g', ink, shape.shapes.map(shapeElement));
  }
}

function inkOf({ fill, stroke, width, dash, opacity }: ShapeStyle): Attributes {
  return {
    fill: fill === undefined ? 'none' : colourVariable(fill),
    stroke: stroke === undefined ? undefined : colourVariable(stroke),
    'stroke-width': width,
    'stroke-dasharray': dash === undefined ? undefined : DASHES[dash],
    opacity,
  };
}

/** Returns the CSS variable for a colour role. */
export function colourVariable(role: ColourRole): string {
  return `var(--${role})`;
}
