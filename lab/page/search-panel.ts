/**
 * The forms of searches: what is swept, and how long faults are hunted for.
 *
 * @module
 */
import {
  type Attributes,
  type Child,
  element,
  replaceContent,
} from '../../viz/app/kernel/element.ts';
import { type FileNumber, valuesAround } from './numbers-in.ts';
import type { LabSession } from './session.ts';

/** The numbers of the shown file, and the one at the cursor. */
export interface ShownNumbers {
  readonly all: readonly FileNumber[];
  readonly chosen: FileNumber | undefined;
}

/** Makes the forms. @param numbers Finds the numbers of the shown file. */
export function searchPanel(session: LabSession, numbers: () => ShownNumbers): readonly Child[] {
  return [sweepForm(session, numbers), huntForm(session)];
}

function sweepForm(session: LabSession, numbers: () => ShownNumbers): HTMLElement {
  const known = element('datalist', { id: 'lab-paths' });
  const path = textField({
    ...{ list: 'lab-paths', size: 28 },
    change: () => suggest(numbers().all.find((one) => one.path === path.value)),
  });
  const values = textField({ size: 28, 'aria-describedby': 'lab-sweep-note' });
  const suggest = (number: FileNumber | undefined): void => {
    if (number !== undefined) values.value = valuesAround(number.text);
  };
  const fill = (): void => {
    const { all, chosen } = numbers();
    const options = all.map((one) => element('option', { value: one.path }, one.text));
    replaceContent(known, options);
    if (chosen === undefined) return;
    path.value = chosen.path;
    suggest(chosen);
  };
  const begin = (): void =>
    void session.search({ kind: 'sweep', path: path.value.trim(), values: values.value });
  const fields = [
    element('label', {}, 'path', path),
    known,
    element('label', {}, 'values', values),
  ];
  const note =
    'As below sweep: of a scenario, such as 50/s, 100/s or 10ms..50ms step 10ms. Each value runs with all seeds; at most 1,024 runs.';
  return searchForm('sweep a value', { begin, fields, note, fill, noteId: 'lab-sweep-note' });
}

function huntForm(session: LabSession): HTMLElement {
  const numbered = (value: number): HTMLInputElement =>
    element('input', { type: 'number', class: 'lab-seeds', min: 1, max: 10_000, value });
  const attempts = numbered(200);
  const seed = numbered(1);
  seed.removeAttribute('max');
  const begin = (): void =>
    void session.search({
      kind: 'hunt',
      attempts: Number(attempts.value),
      seed: Number(seed.value),
    });
  const fields = [element('label', {}, 'attempts', attempts), element('label', {}, 'seed', seed)];
  const note =
    'Runs the scenario with drawn faults until a protocol breaks what it promises; at most 10,000 attempts.';
  return searchForm('hunt for faults', {
    begin,
    fields,
    note,
    fill: () => undefined,
    noteId: 'lab-hunt-note',
  });
}

function textField(attributes: Attributes): HTMLInputElement {
  const plain = { type: 'text', spellcheck: 'false', autocomplete: 'off' };
  return element('input', { ...plain, ...attributes });
}

interface FormParts {
  readonly begin: () => void;
  readonly fields: readonly Child[];
  readonly note: string;
  readonly noteId: string;
  /** Called when the form is shown. */
  readonly fill: () => void;
}

function searchForm(title: string, { begin, fields, note, noteId, fill }: FormParts): HTMLElement {
  const submit = (event: Event): void => {
    event.preventDefault();
    begin();
  };
  const [word = ''] = title.split(' ');
  const button = element('button', { type: 'submit' }, `${word[0]?.toUpperCase()}${word.slice(1)}`);
  const toggle = ({ target }: Event): void => {
    if ((target as HTMLDetailsElement).open) fill();
  };
  return element(
    'details',
    { class: 'lab-values lab-search', toggle },
    element('summary', {}, title),
    element('form', { submit }, fields, button),
    element('p', {}, element('small', { id: noteId }, note)),
  );
}
