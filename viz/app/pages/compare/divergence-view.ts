/**
 * The section that shows where two runs with the same seed diverge: first whether their
 * fingerprints are equal, then the first line that differs between their traces.
 *
 * @module
 */
import { countWithNoun, quantityText, wholeNumberText } from '../../../../reports/format.ts';
import { type SeedDivergence, seedDivergencesText } from '../../../../reports/partings.ts';
import type { BinRow } from '../../../format/trace-file.ts';
import { instantText } from '../../kernel/duration.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import { loadingSkeleton } from '../../kernel/states.ts';
import type { ComparedRuns } from './compared-runs.ts';
import {
  type ComparedEvent,
  type Divergence,
  earlierInstantNs,
  firstDivergence,
  type Recording,
  wholeRunInterval,
} from './divergence.ts';
import { fingerprintText } from './facts.ts';

/** Makes the section; its content appears once both traces have been read. */
export function divergenceSection(
  context: ReportPageContext,
  both: ComparedRuns,
  signal: AbortSignal,
): HTMLElement {
  const { a, b } = both;
  const place = element('div', { class: 'divergence', role: 'status' });
  const isAble = a.run.hasTrace && b.run.hasTrace;
  if (isAble) void search(context, both, { place, signal });
  else replaceContent(place, element('p', { class: 'muted' }, missingText(both)));
  return element(
    'section',
    { class: 'compare-part' },
    element('h2', {}, 'Where they part'),
    element('p', {}, fingerprintText(a.report, b.report), partingWords(both)),
    place,
  );
}

function missingText({ a, b }: ComparedRuns): string {
  const without = [a.run.hasTrace ? '' : 'A', b.run.hasTrace ? '' : 'B'].filter(Boolean);
  return `The first event that differs is found in the traces of both runs; ${without.join(' and ')} have none: run with --trace.`;
}

async function search(
  { view, notify }: ReportPageContext,
  { a, b, comparison }: ComparedRuns,
  { place, signal }: { readonly place: HTMLElement; readonly signal: AbortSignal },
): Promise<void> {
  replaceContent(place, loadingSkeleton('Looking for the first event that differs …'));
  const show = (...content: readonly Child[]): void => {
    if (!signal.aborted) replaceContent(place, content);
  };
  try {
    const [left, right] = await Promise.all([a.run.trace(), b.run.trace()]);
    if (signal.aborted) return;
    const seeds = [left.info.seed, right.info.seed];
    if (seeds[0] !== seeds[1]) {
      const words = `The traces are of seeds ${seeds.join(' and ')}: runs with different seeds differ from the first random draw on.`;
      return show(element('p', { class: 'muted' }, words));
    }
    const parting = comparison.partings.find(({ seed }) => seed === left.info.seed);
    const { found, note } = await searched(left, right, parting);
    const open = (timeNs: number): void => {
      view.go('network');
      view.time.moveTo(timeNs);
      notify(`A at ${instantText(timeNs, 1)}.`);
    };
    show(note !== undefined && element('p', {}, note), foundContent(found, left.info.seed, open));
  } catch (error) {
    show(
      element('p', { class: 'fail-text' }, error instanceof Error ? error.message : String(error)),
    );
  }
}

/** Says, from the checkpoints in the reports, where the runs diverge; empty without checkpoints. */
function partingWords({ comparison }: ComparedRuns): string {
  const words = seedDivergencesText(comparison.partings);
  return words === undefined ? '' : ` By the checkpoints of their fingerprints ${words}.`;
}

/**
 * Searches for the first difference in the interval that the checkpoints name; if nothing differs
 * in this interval, in the time after it.
 */
async function searched(
  a: Recording,
  b: Recording,
  parting: SeedDivergence | undefined,
): Promise<{ readonly found: Divergence; readonly note: string | undefined }> {
  const whole = wholeRunInterval(a, b);
  if (parting?.kind !== 'parted') {
    const found = await firstDivergence(a, b, whole);
    return { found, note: undefined };
  }
  const { sameUntilNs: fromNs, partedByNs: toNs = whole.toNs } = parting;
  const near = await firstDivergence(a, b, { fromNs, toNs });
  if (near.kind !== 'none' || toNs === whole.toNs) return { found: near, note: undefined };
  const found = await firstDivergence(a, b, { fromNs, toNs: whole.toNs });
  if (found.kind === 'line' && earlierInstantNs([found.a, found.b]) < toNs)
    return { found, note: undefined };
  const note = `Between ${instantText(fromNs, 1e6)} and ${instantText(toNs, 1e6)} an event differs that is not in a trace, such as a timer that sends nothing; this is the first row of the traces that differs.`;
  return { found, note };
}

function foundContent(found: Divergence, seed: number, open: (timeNs: number) => void): Child {
  switch (found.kind) {
    case 'none':
      return element(
        'p',
        {},
        `The traces of seed ${seed} hold the same packets, losses, states and faults.`,
      );
    case 'bin':
      return binContent(found, seed);
    case 'line': {
      const timeNs = earlierInstantNs([found.a, found.b]);
      return [
        element('p', {}, `Seed ${seed}, first difference at ${instantText(timeNs, 1)}:`),
        element(
          'dl',
          { class: 'both-lines' },
          lineContent('A', found.a),
          lineContent('B', found.b),
        ),
        element('button', { type: 'button', click: () => open(timeNs) }, 'See A at this instant'),
      ];
    }
  }
}

function lineContent(name: string, line: ComparedEvent | undefined): Child {
  const text =
    line === undefined
      ? 'nothing at that time'
      : `${instantText(line.timeNs, 1)}  ${line.place.replace('->', ' → ')}: ${line.text}`;
  return element('div', {}, element('dt', {}, name), element('dd', { class: 'mono' }, text));
}

function binContent(
  { a, b }: { readonly a: BinRow | undefined; readonly b: BinRow | undefined },
  seed: number,
): Child {
  const bin = a ?? b;
  const text = (one: BinRow | undefined): string =>
    one === undefined
      ? 'no packet ends'
      : `${countWithNoun(one.count, 'packet')} (${wholeNumberText(one.bytes)} B, ${wholeNumberText(one.drops)} lost)`;
  const from = instantText(bin?.startNs ?? 0, 1e6);
  return [
    element(
      'p',
      {},
      `Seed ${seed}, first difference within ${quantityText(bin?.widthNs ?? 0, 'ns')} from ${from} on: ${text(a)} in A, ${text(b)} in B.`,
    ),
    element(
      'p',
      { class: 'muted' },
      'The packets of that instant are not in the traces: run both with --trace full.',
    ),
  ];
}
