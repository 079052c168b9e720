/**
 * A card of the gallery: the verdict of a run, its KPIs against their limits, and the spread over
 * the seeds.
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../../engine/pure/extremes.ts';
import {
  countWithNoun,
  limitQuantityText,
  quantityTextBesideLimit,
} from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import type { CardKpi, GalleryCard, RunCard } from '../../../format/run-card.ts';
import { DEMO_RUN_ID } from '../../data/embedded.ts';
import { type Child, element, svgElement } from '../../kernel/element.ts';
import { verdictChip, verdictCssClass } from '../../kernel/verdict-chip.ts';
import { injectedFaultsNote } from './injected-note.ts';
import { makeLiveCardElement } from './live-card.ts';
import { makeSweepCardElement } from './sweep-element.ts';

const KPIS_SHOWN = 4;
const SPARK = { width: 60, height: 20 } as const;
const SIGNS = { pass: '✓', fail: '✗', 'not-applicable': '–', inconclusive: '?' } as const;
const TONES = {
  pass: 'pass-text',
  fail: 'fail-text',
  'not-applicable': 'muted',
  inconclusive: 'open-text',
} as const;

/** The actions that a card offers for its run. */
export interface CardActions {
  open(run: { readonly id: string; readonly hasTrace: boolean }): void;
  /** Makes the checkbox with which the reader selects the run for a comparison. */
  pick(id: string): HTMLElement;
}

/** Makes the card of a run in the gallery. */
export function makeCardElement(card: GalleryCard, actions: CardActions): HTMLElement {
  const { open } = actions;
  switch (card.kind) {
    case 'broken':
      return element(
        'article',
        { class: 'card broken' },
        element('h2', {}, card.id),
        element('p', { class: 'open-text' }, card.reason),
      );
    case 'trace':
      return element(
        'article',
        { class: 'card' },
        heading(card.name, () => open({ id: card.id, hasTrace: true })),
        element('p', { class: 'muted' }, 'a trace without its report: charts, but no verdict'),
      );
    case 'sweep':
      return makeSweepCardElement(card, (id) => open({ id, hasTrace: false }));
    case 'live':
      return makeLiveCardElement(card, open);
    case 'run':
      return runCard(card, actions);
  }
}

function runCard(card: RunCard, actions: CardActions): HTMLElement {
  const open = (): void => actions.open({ id: card.id, hasTrace: card.traceBytes > 0 });
  const order = [...card.kpis].sort((a, b) => rank(a) - rank(b));
  const rest = order.length - KPIS_SHOWN;
  return element(
    'article',
    { class: `card ${verdictCssClass(card.verdict)}`, 'data-run': card.id },
    element('header', {}, heading(nameOf(card), open), verdictChip(card.verdict)),
    element('p', { class: 'question' }, card.question),
    injectedFaultsNote(card.injected),
    element('dl', { class: 'card-kpis' }, order.slice(0, KPIS_SHOWN).map(kpiRow)),
    rest > 0 && element('p', { class: 'muted more' }, `and ${countWithNoun(rest, 'KPI')} more`),
    element('footer', {}, element('span', {}, factsOf(card)), actions.pick(card.id)),
  );
}

/**
 * Returns the heading of a card: the scenario's name and the values that `--set` changed, so that
 * runs of one scenario can be told apart.
 */
function nameOf({ id, name, changes }: RunCard): string {
  if (id === DEMO_RUN_ID) return 'demo';
  return [name, ...changes].join(' ');
}

function heading(text: string, open: () => void): HTMLElement {
  return element(
    'h2',
    {},
    element('button', { type: 'button', class: 'open-card', click: open }, text),
  );
}

/** Returns the rank of a KPI on a card: missed KPIs come first, then inconclusive ones. */
function rank({ status }: CardKpi): number {
  return ['fail', 'inconclusive', 'pass', 'not-applicable'].indexOf(status);
}

function kpiRow(kpi: CardKpi): HTMLElement {
  const { value, limit, unit, status } = kpi;
  const measured = value === null ? 'none' : quantityTextBesideLimit(value, limit, unit);
  const against = `${kpi.comparison} ${limitQuantityText(limit, unit)}`;
  return element(
    'div',
    {},
    element(
      'dt',
      { title: kpiName(kpi) },
      element('span', { class: TONES[status], 'aria-label': status }, SIGNS[status]),
      ' ',
      kpiName(kpi),
    ),
    element('dd', { class: 'spark' }, sparkline(kpi)),
    element(
      'dd',
      { class: 'value' },
      element('strong', {}, measured),
      ' ',
      element('span', { class: 'muted' }, against),
    ),
  );
}

/**
 * Makes a small chart with a dot for each seed and a line for the limit; undefined for fewer than
 * two values.
 */
function sparkline({ perSeed, limit, unit }: CardKpi): Child {
  const values = perSeed.filter((value) => value !== null);
  if (values.length < 2) return undefined;
  const low = leastOf([limit, ...values]);
  const span = greatestOf([limit, ...values]) - low || 1;
  const y = (value: number): number =>
    SPARK.height - 3 - ((value - low) / span) * (SPARK.height - 6);
  const step = SPARK.width / values.length;
  return svgElement(
    'svg',
    {
      width: SPARK.width,
      height: SPARK.height,
      role: 'img',
      'aria-label': sparkText(values, limit, unit),
    },
    svgElement('line', { class: 'limit', x1: 0, x2: SPARK.width, y1: y(limit), y2: y(limit) }),
    values.map((value, at) =>
      svgElement('circle', { cx: (at + 0.5) * step, cy: y(value), r: 1.6 }),
    ),
  );
}

function sparkText(values: readonly number[], limit: number, unit: string): string {
  const [least, most] = [leastOf(values), greatestOf(values)];
  const from = quantityTextBesideLimit(least, limit, unit);
  return `${values.length} seeds, ${from} to ${quantityTextBesideLimit(most, limit, unit)}`;
}

function factsOf(card: RunCard): Child {
  const age =
    card.writtenMs === undefined
      ? undefined
      : new Date(card.writtenMs).toISOString().slice(0, 16).replace('T', ' ');
  const facts = [
    card.id === DEMO_RUN_ID ? 'bundled with this page' : card.id,
    countWithNoun(card.seeds, 'seed'),
    card.mode,
    card.traceBytes > 0 ? undefined : 'no trace',
    card.ending === 'complete' ? undefined : card.ending,
    age,
  ];
  return facts.filter((fact) => fact !== undefined).join(' · ');
}
