/**
 * The card of a sweep: a table of one KPI over two parameters. Its cells are tinted by value and
 * contain the verdict and the number, so that nothing depends on colour alone.
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import type { HeatCell, HeatGrid, SweepCard } from '../../../format/run-card.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import { cellText, describeHeatGrid, shortParameterName, tintSteps } from './heat.ts';

const SIGNS = { pass: '✓', fail: '✗', 'not-applicable': '–', inconclusive: '?' } as const;

/** Makes the card of a sweep. */
export function makeSweepCardElement(card: SweepCard, open: (run: string) => void): HTMLElement {
  const { name, question, met, total, grids, seeds, id } = card;
  const place = element('div');
  const show = (at: number): void => {
    const grid = grids[at];
    if (grid !== undefined) replaceContent(place, heatTable(grid, open));
  };
  const choose = element(
    'select',
    { 'aria-label': `KPI of ${name}`, change: () => show(Number(choose.value)) },
    grids.map(({ kpi }, at) => element('option', { value: at }, kpi)),
  );
  // The first KPI with failed cells is shown at first, because readers look for failures.
  const worst = grids.findIndex(({ cells }) =>
    cells.flat().some((cell) => cell?.status === 'fail'),
  );
  choose.value = String(Math.max(0, worst));
  show(Math.max(0, worst));
  const words = `${met} of ${countWithNoun(total, 'combination')} met`;
  const tone = met === total ? 'pass' : 'fail';
  return element(
    'article',
    { class: `card sweep ${tone}`, 'data-sweep': id },
    element(
      'header',
      {},
      element('h2', {}, `${name}, sweep`),
      element('span', { class: `${tone}-text` }, `${met === total ? '✓' : '✗'} ${words}`),
    ),
    element('p', { class: 'question' }, question),
    grids.length > 1 && choose,
    place,
    element('footer', {}, `${id} · ${countWithNoun(seeds, 'seed')} each`),
  );
}

function heatTable(grid: HeatGrid, open: (run: string) => void): HTMLElement {
  const { x, y, cells } = grid;
  const note = element('p', { class: 'muted heat-run', role: 'status' });
  const act = (cell: HeatCell): void => {
    if (cell.run !== undefined) open(cell.run);
    else replaceContent(note, makeCommandNote(cell));
  };
  const steps = tintSteps(grid);
  const head = element(
    'tr',
    {},
    element('th', { scope: 'col' }, cornerOf(grid)),
    x.values.map((value) => element('th', { scope: 'col' }, value)),
  );
  const rows = cells.map((row, at) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, y.values[at] ?? ''),
      row.map((cell, column) => heatCell(grid, cell, { step: steps[at]?.[column], act })),
    ),
  );
  return element(
    'div',
    {},
    element('table', { class: 'heat' }, element('thead', {}, head), element('tbody', {}, rows)),
    element('p', { class: 'muted heat-caption' }, describeHeatGrid(grid)),
    note,
  );
}

/**
 * Returns the text in the corner of the table: the names of the parameters, with arrows towards
 * their values; for a sweep over one parameter, only the name above the columns.
 */
function cornerOf({ x, y }: HeatGrid): string {
  const across = `${shortParameterName(x.name)} →`;
  return y.name === '' ? across : `${shortParameterName(y.name)} ↓ ${across}`;
}

function heatCell(
  grid: HeatGrid,
  cell: HeatCell | null,
  { step, act }: { readonly step: number | undefined; readonly act: (cell: HeatCell) => void },
): HTMLElement {
  if (cell === null) return element('td', { class: 'none' }, 'not run');
  const text = `${SIGNS[cell.status]} ${cellText(grid, cell.value)}`;
  const title = cell.run === undefined ? 'Which command runs it?' : 'Open this run';
  const button = element('button', { type: 'button', title, click: () => act(cell) }, text);
  return element('td', { class: step === undefined ? 'none' : `heat${step}` }, button);
}

/** Makes the lines with the command that repeats the runs of a cell whose report was not kept. */
function makeCommandNote({ command }: HeatCell): readonly Child[] {
  if (command === undefined) {
    return [
      'This sweep was made by an older version, which kept no runs: repeat it to open them here.',
    ];
  }
  return ['This run was not kept; the command that runs it: ', element('code', {}, command)];
}
