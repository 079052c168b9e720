/**
 * The navigation bar, with one entry per page.
 *
 * @module
 */
import { element, set } from './element.ts';
import { icon } from './icons.ts';
import type { Page } from './page.ts';
import type { ViewState } from './view-state.ts';

/** Makes the navigation; it highlights the current page. */
export function makeRail(pages: readonly Page[], view: ViewState): HTMLElement {
  const entries = pages.map((page) => {
    const button = element(
      'button',
      {
        type: 'button',
        title: `${page.question}  (${page.order})`,
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
        // Scrolls to the current entry, since a narrow screen does not show all of them. Delayed,
        // because the bar is not in the document yet.
        requestAnimationFrame(() => button.scrollIntoView({ block: 'nearest', inline: 'center' }));
      } else button.removeAttribute('aria-current');
    }
  });
  const rail = element(
    'nav',
    { class: 'rail', 'aria-label': 'pages' },
    entries.map(({ button }) => button),
  );
  const look = (): void => set(rail, 'data-more', hiddenSides(rail));
  rail.addEventListener('scroll', look, { passive: true });
  new ResizeObserver(look).observe(rail);
  return rail;
}

/** The sides on which entries are out of sight. The style sheet shows a hint there. */
function hiddenSides({ scrollLeft, scrollWidth, clientWidth }: Element): string {
  const left = scrollLeft > 2 ? 'left' : '';
  const right = scrollLeft + clientWidth < scrollWidth - 2 ? 'right' : '';
  return `${left} ${right}`.trim();
}
