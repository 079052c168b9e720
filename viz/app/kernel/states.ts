/**
 * The messages that any page may show instead of its content or above it: no data, loading,
 * incomplete, error, unknown version (docs/spec/browser-view.md).
 *
 * @module
 */
import { OpenError } from '../data/library.ts';
import { TraceError } from '../data/trace-client.ts';
import { type Child, element } from './element.ts';
import type { MissingData } from './lacks.ts';

/** A button below a message. */
export interface MessageAction {
  readonly label: string;
  readonly run: () => void;
}

/** Makes a message that a page shows instead of its content. */
export function placeholderMessage(
  kind: 'empty' | 'error' | 'version' | 'waiting',
  title: string,
  ...content: readonly Child[]
): HTMLElement {
  const role = kind === 'empty' || kind === 'waiting' ? 'status' : 'alert';
  return element(
    'section',
    { class: `state ${kind}`, role, 'data-state': kind },
    element('h2', {}, title),
    content,
  );
}

/** Makes the lines that say why a page has no data, and the command that records the data. */
export function missingDataLines({ reason, command }: MissingData): readonly Child[] {
  return [
    element('p', {}, reason),
    command !== undefined &&
      element('p', { class: 'muted' }, 'This makes it: ', element('code', {}, command)),
  ];
}

/** Makes the buttons below a message. */
export function actionButtons(...list: readonly MessageAction[]): HTMLElement {
  return element(
    'p',
    { class: 'actions' },
    list.map(({ label, run }) => element('button', { type: 'button', click: run }, label)),
  );
}

/**
 * Makes grey boxes that are shown at once, with a text that appears only after 300 ms, so that the
 * text does not flicker if the data come sooner.
 */
export function loadingSkeleton(words: string): HTMLElement {
  return element(
    'section',
    { class: 'state loading', role: 'status', 'data-state': 'loading' },
    element(
      'div',
      { class: 'bones', 'aria-hidden': 'true' },
      element('i'),
      element('i'),
      element('i'),
    ),
    element('p', { class: 'late' }, words),
  );
}

/** Makes the line above incomplete content that says what is missing. */
export function partialNote(sentence: string): HTMLElement {
  return element('p', { class: 'partial', role: 'note', 'data-state': 'partial' }, sentence);
}

/** Makes the message for an error: what is wrong, where in the file, and what still works. */
export function troubleMessage(error: unknown): HTMLElement {
  if (error instanceof TraceError) return traceMessage(error);
  if (error instanceof OpenError && error.kind === 'newer-version') {
    return placeholderMessage(
      'version',
      'Written by a newer version',
      element('p', {}, error.message),
    );
  }
  if (error instanceof OpenError) {
    const title = error.kind === 'missing' ? 'This run was not found' : 'This file cannot be read';
    return placeholderMessage('error', title, element('p', {}, error.message));
  }
  const words = error instanceof Error ? error.message : String(error);
  const note = 'The other pages and runs still work.';
  return placeholderMessage(
    'error',
    'This page has a bug',
    element('p', {}, words),
    element('p', { class: 'muted' }, note),
  );
}

function traceMessage({ failure }: TraceError): HTMLElement {
  if (failure.name === 'newer-version') {
    return placeholderMessage(
      'version',
      'The trace was written by a newer version',
      element('p', {}, failure.message),
    );
  }
  const where = `${failure.name}, byte ${failure.at}. Pages that need only the report still work.`;
  return placeholderMessage(
    'error',
    'The trace cannot be read',
    element('p', {}, failure.message),
    element('p', { class: 'muted' }, where),
  );
}
