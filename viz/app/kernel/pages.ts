/**
 * The pages that exist: every folder of `viz/app/pages`, in the order that each states. A page is
 * added by adding its folder.
 *
 * @module
 */
import type { Page } from './page.ts';

const found = import.meta.glob<{ readonly page: Page }>('../pages/*/index.ts', { eager: true });

/** All pages, by their order. */
export const PAGES: readonly Page[] = Object.values(found)
  .map(({ page }) => page)
  .sort((a, b) => a.order - b.order);
