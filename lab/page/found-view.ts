/**
 * The view of the result of a search.
 *
 * @module
 */
import { countWithNoun } from '../../reports/format.ts';
import type { FoundBreak } from '../../runner/hunt/hunt.ts';
import { type Child, element } from '../../viz/app/kernel/element.ts';
import type { LabFound, LabHunted, LabSearch, LabShrunk } from '../run/lab-task.ts';
import type { LabSession } from './session.ts';
import { sweptView } from './swept-view.ts';

/** Makes the view of what was found. */
export function foundView(found: LabFound, session: LabSession, signal: AbortSignal): Child {
  switch (found.kind) {
    case 'swept':
      return sweptView(found, signal, (value) => {
        session.setValue(found.path, value);
        void session.run();
      });
    case 'hunted':
      return huntedView(found, session);
    case 'shrunk':
      return shrunkView(found, session);
  }
}

/** A button that shrinks a failed run, or a break that a hunt has found. */
export function shrinkButton(
  session: LabSession,
  of: Extract<LabSearch, { kind: 'shrink' }>['of'],
): HTMLElement {
  const click = (): void => void session.search({ kind: 'shrink', of });
  const title = 'the smallest scenario that shows the same';
  return element('button', { type: 'button', title, click }, 'Shrink');
}

function huntedView(
  { tried, reached, lastNew, breaks, known, command }: LabHunted,
  session: LabSession,
): Child {
  const found = breaks.length === 0 ? 'nothing broke' : `${breaks.length} broken`;
  const about = `${countWithNoun(tried, 'attempt')}, ${reached} different states and drops, the last new one in attempt ${lastNew}`;
  return [
    element('h2', { class: breaks.length === 0 ? 'pass-text' : 'fail-text' }, `Hunt: ${found}`),
    element('p', { class: 'muted' }, about),
    known.map((name) => element('p', {}, `Without any fault it breaks ${name}: no find.`)),
    element(
      'ul',
      { role: 'list' },
      breaks.map((one) => breakItem(one, session)),
    ),
    element('p', {}, element('code', {}, command)),
  ];
}

function breakItem(one: FoundBreak, session: LabSession): HTMLElement {
  const { found, attempt, number } = one;
  const faults = countWithNoun(attempt.events.length, 'fault');
  return element(
    'li',
    {},
    element('strong', {}, `${found.kind}: ${found.place}`),
    element('p', {}, found.text),
    element('p', { class: 'muted' }, `in attempt ${number}, with ${faults}`),
    shrinkButton(session, one),
  );
}

function shrunkView({ text, left }: LabShrunk, session: LabSession): Child {
  const open = (): void => void session.openShrunk(text ?? '');
  return [
    element('h2', {}, `Shrunk: ${left}`),
    text !== null && element('button', { type: 'button', click: open }, 'Open and run'),
  ];
}
