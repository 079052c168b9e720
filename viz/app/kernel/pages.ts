/**
 * All pages: every folder of `viz/app/pages`, in the order that each states. Adding a folder adds a
 * page.
 *
 * @module
 */
import type { Page } from './page.ts';

const found = import.meta.glob<{ readonly page: Page }>('../pages/*/index.ts', { eager: true });

/** All pages, by their order. */
export const PAGES: readonly Page[] = Object.values(found)
  .map(({ page }) => page)
  .sort((a, b) => a.order - b.order);
