/**
 * Selects and sorts the cards of the gallery.
 *
 * @module
 */
import type { GalleryCard } from '../../../format/run-card.ts';

/**
 * The filters of the gallery: all runs, only runs that have not passed, or only runs in progress.
 */
export const FILTERS = [
  { name: 'all', words: 'all' },
  { name: 'failed', words: 'not passed' },
  { name: 'live', words: 'live' },
] as const;

/** The orders in which the gallery can sort its cards. */
export const SORTS = [
  { name: 'newest', words: 'newest first' },
  { name: 'name', words: 'by name' },
  { name: 'verdict', words: 'not passed first' },
] as const;

/** The search text, the filter and the order that the reader chose. */
export interface CardSearch {
  readonly text: string;
  readonly show: (typeof FILTERS)[number]['name'];
  readonly sort: (typeof SORTS)[number]['name'];
}

/** Reads the reader's choice from the parameters of the page; unknown values are ignored. */
export function readCardSearch(parameters: Readonly<Record<string, string>>): CardSearch {
  return {
    text: parameters['filter'] ?? '',
    show: FILTERS.find(({ name }) => name === parameters['show'])?.name ?? 'all',
    sort: SORTS.find(({ name }) => name === parameters['sort'])?.name ?? 'newest',
  };
}

/** Returns the cards that match the search text and the filter, sorted. */
export function chosenCards(
  cards: readonly GalleryCard[],
  { text, show, sort }: CardSearch,
): readonly GalleryCard[] {
  const words = text.toLowerCase().split(/\s+/);
  const fits = (card: GalleryCard): boolean =>
    words.every((word) => wordsOf(card).includes(word)) && isShown(card, show);
  const order = { newest: byAge, name: byName, verdict: byVerdict }[sort];
  return cards.filter(fits).sort(order);
}

function wordsOf(card: GalleryCard): string {
  return [card.id, ...moreWordsOf(card)].join(' ').toLowerCase();
}

function moreWordsOf(card: GalleryCard): readonly string[] {
  if (card.kind === 'live') return [card.name];
  if (card.kind === 'run')
    return [card.name, card.question, ...card.kpis.map(({ metric }) => metric)];
  if (card.kind !== 'sweep') return [];
  return [card.name, card.question, 'sweep', ...card.grids.map(({ kpi }) => kpi)];
}

function isShown(card: GalleryCard, show: CardSearch['show']): boolean {
  if (show === 'all') return true;
  if (card.kind === 'live') return show === 'live';
  if (show === 'live') return card.kind === 'run' && card.mode === 'live';
  if (card.kind === 'sweep') return card.met < card.total;
  return card.kind !== 'run' || card.verdict !== 'PASS';
}

/**
 * Compares cards by age: first runs in progress, then cards without a date (demo, dropped files),
 * then the other cards from the newest to the oldest.
 */
function byAge(a: GalleryCard, b: GalleryCard): number {
  return ageOf(b) - ageOf(a) || byName(a, b);
}

function ageOf(card: GalleryCard): number {
  if (card.kind === 'live') return Number.POSITIVE_INFINITY;
  return card.kind === 'trace' ? Number.MAX_VALUE : (card.writtenMs ?? Number.MAX_VALUE);
}

function byName(a: GalleryCard, b: GalleryCard): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

function byVerdict(a: GalleryCard, b: GalleryCard): number {
  const rank = (card: GalleryCard): number => (isShown(card, 'failed') ? 0 : 1);
  return rank(a) - rank(b) || byAge(a, b);
}
