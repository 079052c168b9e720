/**
 * The contrast of everything that the pages draw, computed from the colour tokens (WCAG 1.4.3,
 * 1.4.11). @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ColourTokens, DARK_COLOURS, LIGHT_COLOURS } from '../../../../reports/html/tokens.ts';
import { ROOT } from '../../../architecture/files.ts';

type Rgb = readonly [number, number, number];

function rgb(tokens: ColourTokens, name: string): Rgb {
  const colour = tokens[name] ?? '';
  const channel = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

/** The colour that results from a translucent colour over a background. */
function over(front: Rgb, back: Rgb, opacity: number): Rgb {
  const mix = (at: 0 | 1 | 2): number => opacity * front[at] + (1 - opacity) * back[at];
  return [mix(0), mix(1), mix(2)];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (value: number): number =>
    value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', LIGHT_COLOURS],
  ['dark', DARK_COLOURS],
])('colours of the %s theme', (_, tokens) => {
  const backs = ['page', 'panel'].map((name) => [name, rgb(tokens, name)] as const);

  it('let text be read: 4.5 to 1', () => {
    for (const [name, back] of backs) {
      for (const text of ['text', 'muted', 'pass', 'fail', 'open', 'link']) {
        expect(contrast(rgb(tokens, text), back), `${text} on ${name}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    for (const tone of ['pass', 'fail', 'open']) {
      const tint = rgb(tokens, `${tone}-tint`);
      expect(contrast(rgb(tokens, tone), tint), `${tone} on its tint`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('let marks be seen: 3 to 1', () => {
    for (const [name, back] of backs) {
      for (const mark of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'fail', 'pass', 'open', 'link']) {
        expect(contrast(rgb(tokens, mark), back), `${mark} on ${name}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('let a link of the network that is up be seen through its opacity: 3 to 1', () => {
    const style = readFileSync(join(ROOT, 'viz/app/pages/network/style.css'), 'utf8');
    const rule = /\.wire-line \{\s*stroke: var\(--(\w+)\);\s*opacity: ([\d.]+);/.exec(style);
    const page = rgb(tokens, 'page');
    const seen = over(rgb(tokens, rule?.[1] ?? ''), page, Number(rule?.[2]));
    expect(contrast(seen, page)).toBeGreaterThanOrEqual(3);
  });
});
