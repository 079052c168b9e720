/**
 * The colours by role (docs/spec/browser-view.md), for the HTML report and the browser view alike.
 * Marks have a contrast of 3:1 against page and panel, text 4.5:1; the six flow colours are
 * distinguishable with every kind of colour vision.
 *
 * @module
 */

/** Colours by the name of their CSS variable, without the dashes. */
export type ColourTokens = Readonly<Record<string, string>>;

/** Colours on white. */
export const LIGHT_COLOURS: ColourTokens = {
  page: '#ffffff',
  panel: '#f5f6f8',
  line: '#d5d8de',
  text: '#1a1c20',
  muted: '#5a6069',
  pass: '#00775a',
  fail: '#b3261e',
  open: '#855400',
  link: '#0067a5',
  'pass-tint': '#e3f2ed',
  'fail-tint': '#fbe8e6',
  'open-tint': '#fcf0da',
  shade: '#e4e7ee',
  c1: '#0e4bd5',
  c2: '#7a3608',
  c3: '#099c62',
  c4: '#d85ab1',
  c5: '#a6870d',
  c6: '#4e494f',
  heat1: '#e8eefc',
  heat2: '#c3d3f7',
  heat3: '#94b0f0',
  heat4: '#6f97ec',
  heat5: '#0e4bd5',
  'heat-text': '#1a1c20',
  'heat-text-strong': '#ffffff',
};

/** Colours on a nearly black background. */
export const DARK_COLOURS: ColourTokens = {
  page: '#14161a',
  panel: '#1d2026',
  line: '#363b45',
  text: '#eceef2',
  muted: '#a4abb6',
  pass: '#2fc79a',
  fail: '#ff7b72',
  open: '#e3b341',
  link: '#5aa9e6',
  'pass-tint': '#15302a',
  'fail-tint': '#3b2022',
  'open-tint': '#362c14',
  shade: '#2a2f39',
  c1: '#2b82e6',
  c2: '#ca3806',
  c3: '#07f997',
  c4: '#b44c86',
  c5: '#f4bd16',
  c6: '#e4e3f4',
  heat1: '#1b2a44',
  heat2: '#1d3c6b',
  heat3: '#1f5294',
  heat4: '#256abd',
  heat5: '#63a9f5',
  'heat-text': '#eceef2',
  'heat-text-strong': '#14161a',
};

/** The tokens as declarations of CSS variables. */
export function colourTokensCss(tokens: ColourTokens): string {
  return Object.entries(tokens)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}
