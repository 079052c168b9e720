/**
 * The navigation bar, with one entry per page.
 *
 * @module
 */
import { element, setAttributeIfChanged } from './element.ts';
import { icon } from './icons.ts';
import { missingDataFor, type RunFacts } from './lacks.ts';
import type { Watchable } from './observable.ts';
import { type Page, pageKey } from './page.ts';
import type { ViewState } from './view-state.ts';

/**
 * Makes the navigation. It highlights the current page, and shows in grey the pages for which the
 * run has no data.
 */
export function makeNavigationRail(
  pages: readonly Page[],
  view: ViewState,
  facts: Watchable<RunFacts | undefined>,
): HTMLElement {
  const entries = pages.map((page) => {
    const button = element(
      'button',
      {
        type: 'button',
        click: () => view.go(page.name),
      },
      icon(page.icon),
      element('span', {}, page.title),
    );
    return { page, button };
  });
  view.page.watch(new AbortController().signal, (shown) => {
    for (const { page, button } of entries) {
      if (page.name === shown) {
        button.setAttribute('aria-current', 'page');
        // Scrolls to the current entry, since a narrow screen cannot show all entries. Scrolling
        // waits for the next frame, because the bar is not in the document yet.
        requestAnimationFrame(() => button.scrollIntoView({ block: 'nearest', inline: 'center' }));
      } else button.removeAttribute('aria-current');
    }
  });
  facts.watch(new AbortController().signal, (known) => {
    for (const { page, button } of entries) {
      const lack = known && missingDataFor(page, known);
      const asked = `${page.question}  (${pageKey(page)})`;
      button.title =
        lack === undefined ? asked : [lack.reason, lack.command ?? ''].join('\n').trim();
      // A grey entry can still be opened; the page then says what is missing.
      button.classList.toggle('lacks', lack !== undefined);
      if (lack === undefined) button.removeAttribute('aria-description');
      else button.setAttribute('aria-description', lack.reason);
    }
  });
  const rail = element(
    'nav',
    { class: 'rail', 'aria-label': 'pages' },
    entries.map(({ button }) => button),
  );
  const mark = (): void => setAttributeIfChanged(rail, 'data-more', hiddenSides(rail));
  rail.addEventListener('scroll', mark, { passive: true });
  new ResizeObserver(mark).observe(rail);
  return rail;
}

/**
 * Returns the sides on which entries are out of sight: `left`, `right`, both or none. The style
 * sheet shows a hint on these sides.
 */
function hiddenSides({ scrollLeft, scrollWidth, clientWidth }: Element): string {
  const left = scrollLeft > 2 ? 'left' : '';
  const right = scrollLeft + clientWidth < scrollWidth - 2 ? 'right' : '';
  return `${left} ${right}`.trim();
}
