/**
 * All pages: one for every folder of `viz/app/pages`, sorted by their `order`. Adding a folder adds
 * a page.
 *
 * @module
 */
import type { Page } from './page.ts';

const found = import.meta.glob<{ readonly page: Page }>('../pages/*/index.ts', { eager: true });

/** All pages, sorted by `order`. */
export const PAGES: readonly Page[] = Object.values(found)
  .map(({ page }) => page)
  .sort((a, b) => a.order - b.order);
