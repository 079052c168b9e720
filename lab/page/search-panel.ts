/**
 * The forms for searches: path and values of a sweep, attempts and seed of a hunt.
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

const SWEEP_NOTE =
  'Values as under sweep: in a scenario, such as 50/s, 100/s or 10ms..50ms step 10ms; each runs with all seeds, at most 1,024 runs.';
const HUNT_NOTE =
  'Runs the scenario with drawn faults until a protocol breaks what it promises; at most 10,000 attempts.';

/** Makes the forms. @param numbers Finds the numbers of the shown file. */
export function searchPanel(session: LabSession, numbers: () => ShownNumbers): readonly Child[] {
  return [sweepForm(session, numbers), huntForm(session)];
}

function sweepForm(session: LabSession, numbers: () => ShownNumbers): HTMLElement {
  const suggest = (number: FileNumber | undefined): void => {
    if (number !== undefined) values.value = valuesAround(number.text);
  };
  const known = element('datalist', { id: 'lab-paths' });
  const path = field({
    ...{ list: 'lab-paths', size: 28 },
    change: () => suggest(numbers().all.find((one) => one.path === path.value)),
  });
  const values = field({ size: 28 });
  const fill = (): void => {
    const { all, chosen } = numbers();
    const options = all.map((one) => element('option', { value: one.path }, one.text));
    replaceContent(known, options);
    if (chosen !== undefined) path.value = chosen.path;
    suggest(chosen);
  };
  const begin = (): void =>
    void session.search({ kind: 'sweep', path: path.value.trim(), values: values.value });
  const labels = [
    element('label', {}, 'path', path),
    known,
    element('label', {}, 'values', values),
  ];
  return form('Sweep', 'sweep a value', { labels, note: SWEEP_NOTE, fill, begin });
}

function huntForm(session: LabSession): HTMLElement {
  const attempts = field({ inputmode: 'numeric', size: 6, value: 200 });
  const seed = field({ inputmode: 'numeric', size: 6, value: 1 });
  const begin = (): void => {
    const search = { attempts: Number(attempts.value), seed: Number(seed.value) };
    void session.search({ kind: 'hunt', ...search });
  };
  const labels = [element('label', {}, 'attempts', attempts), element('label', {}, 'seed', seed)];
  return form('Hunt', 'hunt for faults', { labels, note: HUNT_NOTE, fill: undefined, begin });
}

function field(attributes: Attributes): HTMLInputElement {
  const plain = { type: 'text', spellcheck: 'false', autocomplete: 'off' };
  return element('input', { ...plain, ...attributes });
}

interface FormParts {
  readonly labels: readonly Child[];
  readonly note: string;
  /** Called when the form opens or closes. */
  readonly fill: (() => void) | undefined;
  readonly begin: () => void;
}

function form(name: string, title: string, { labels, note, fill, begin }: FormParts): HTMLElement {
  const submit = (event: Event): void => {
    event.preventDefault();
    begin();
  };
  return element(
    'details',
    { class: 'lab-values lab-search', toggle: fill },
    element('summary', {}, title),
    element('form', { submit }, labels, element('button', { type: 'submit' }, name)),
    element('p', {}, element('small', {}, note)),
  );
}
