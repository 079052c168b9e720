/**
 * The section that says how to repeat the run: commands to copy, the input files with their hashes,
 * the machine, and the fingerprint of each seed.
 *
 * @module
 */

import { countWithNoun, wallSecondsText, wholeNumberText } from '../../../../reports/format.ts';
import { repeatSeedCommand } from '../../../../reports/kpi-text.ts';
import { originFacts } from '../../../../reports/report-facts.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import { type Child, element } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { tableHead } from '../../kernel/table-head.ts';

/** Makes the content of the section on repeating the run. */
export function repeatRunSection({ report, notify }: ReportPageContext): Child {
  const commands =
    report.seeds.length > 1
      ? [report.reproduce, repeatSeedCommand(report, report.shownSeed)]
      : [report.reproduce];
  return [
    commands.map((text) => command(text, notify)),
    element(
      'table',
      { class: 'facts-table' },
      element(
        'tbody',
        {},
        originFacts(report).map(([name, value]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, name),
            element('td', { class: 'mono' }, value),
          ),
        ),
      ),
    ),
    seedTable(report),
  ];
}

function command(text: string, notify: (sentence: string) => void): HTMLElement {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      notify('The command is copied.');
    } catch {
      notify('The browser does not let this page copy: select the command instead.');
    }
  };
  return element(
    'p',
    { class: 'command' },
    element(
      'code',
      {},
      text.split(' ').flatMap((word) => [element('span', {}, word), ' ']),
    ),
    element('button', { type: 'button', click: () => void copy() }, 'Copy'),
  );
}

function seedTable({ perSeed }: Report): HTMLElement {
  const isOnNetworks = perSeed.some(({ network }) => network !== undefined);
  const headings = [
    'seed',
    ...(isOnNetworks ? ['network'] : []),
    'fingerprint',
    'events',
    'wall time',
    'ending',
  ];
  return element(
    'details',
    {},
    element('summary', {}, `${countWithNoun(perSeed.length, 'seed')} with fingerprints`),
    element(
      'div',
      { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': 'seeds with fingerprints' },
      element(
        'table',
        {},
        tableHead(headings),
        element(
          'tbody',
          {},
          perSeed.map(({ seed, network, fingerprint, events, wallSeconds, ending }) =>
            element(
              'tr',
              {},
              element('td', { class: 'number' }, seed),
              isOnNetworks && element('td', { class: 'number' }, network ?? ''),
              element('td', { class: 'mono' }, fingerprint),
              element('td', { class: 'number' }, wholeNumberText(events)),
              element('td', { class: 'number' }, wallSecondsText(wallSeconds)),
              element('td', {}, ending),
            ),
          ),
        ),
      ),
    ),
  );
}
