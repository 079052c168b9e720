/**
 * The light or dark theme: the reader's choice, or else the system's preference. The choice is
 * stored in `localStorage`. Some browsers throw on any access to `localStorage` in pages from
 * `file://`; the choice is then not stored.
 *
 * @module
 */
import {
  type ColourTokens,
  colourTokensCss,
  DARK_COLOURS,
  LIGHT_COLOURS,
} from '../../../reports/html/tokens.ts';
import { Observable } from './observable.ts';

/** The name of a theme. */
export type Theme = 'light' | 'dark';

const KEY = 'orrery.theme';

/** Returns the colours of a theme, for drawings on a canvas and for exports. */
export function themeColours(theme: Theme): ColourTokens {
  return theme === 'dark' ? DARK_COLOURS : LIGHT_COLOURS;
}

/** The theme of the page; setting its value changes the look of the page. */
export class ThemeChoice extends Observable<Theme> {
  /** @param wanted The theme that the address names, if any. */
  constructor(wanted: Theme | undefined) {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const kept = remembered();
    super(wanted ?? kept ?? themeFrom(system.matches));
    system.addEventListener('change', ({ matches }) => {
      if (remembered() === undefined) this.value = themeFrom(matches);
    });
    addSheet();
    this.watch(new AbortController().signal, (theme) => {
      document.documentElement.dataset['theme'] = theme;
    });
  }

  /** Switches the theme and stores the choice. */
  toggle(): void {
    this.value = this.value === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(KEY, this.value);
    } catch {
      // Without storage, the choice lasts until the page is closed.
    }
  }
}

function themeFrom(isDark: boolean): Theme {
  return isDark ? 'dark' : 'light';
}

function remembered(): Theme | undefined {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'light' || text === 'dark' ? text : undefined;
  } catch {
    return undefined;
  }
}

function addSheet(): void {
  const sheet = document.createElement('style');
  sheet.textContent = `:root { ${colourTokensCss(LIGHT_COLOURS)} color-scheme: light; }
:root[data-theme="dark"] { ${colourTokensCss(DARK_COLOURS)} color-scheme: dark; }
@media print { :root[data-theme] { ${colourTokensCss(LIGHT_COLOURS)} color-scheme: light; } }`;
  document.head.append(sheet);
}
