/**
 * The gallery: the shipped scenarios with their questions, one of which a visitor opens.
 *
 * @module
 */
import { type Child, element, replaceContent } from '../../viz/app/kernel/element.ts';
import type { LabSession } from './session.ts';

/** The scenarios that are shown first, for new visitors. */
const FIRST = [
  ...['hello.yaml', 'failover.yaml', 'mixnet.yaml'],
  ...['dtn-tutorial.yaml', 'fabric-hello.yaml', 'vault-hello.yaml'],
];
const FIRST_TITLE = 'Begin here';

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly question: string;
}

/** Makes the gallery. @param open Opens a shipped scenario. */
export function galleryView(session: LabSession, open: (path: string) => void): readonly Child[] {
  const own = session.scenarios.filter((path) => !path.includes('/'));
  const entries = own.map((path) => entryOf(path, session.textOf(path) ?? ''));
  const list = element('div', {});
  const count = element('p', { class: 'muted gallery-note', role: 'status' });
  const draw = (text: string): void => {
    const shown = entries.filter(({ name, question }) =>
      `${name} ${question}`.toLowerCase().includes(text.toLowerCase()),
    );
    count.textContent =
      text === '' ? `${entries.length} scenarios` : `${shown.length} of ${entries.length}`;
    replaceContent(
      list,
      groupsOf(shown, text === '').map(([title, group]) => section(title, group, open)),
    );
  };
  const search = element('input', {
    type: 'search',
    'aria-label': 'filter scenarios by name or question',
    input: () => draw(search.value),
  });
  draw('');
  return [
    element(
      'header',
      { class: 'lab-intro' },
      element('h1', {}, 'Lab'),
      element(
        'p',
        { class: 'muted' },
        'Change a scenario, run it here, and send the link: whoever opens it runs the same bytes and sees the same verdict. Nothing leaves this page.',
      ),
    ),
    element('div', { class: 'gallery-bar' }, element('label', {}, 'filter', search), count),
    list,
  ];
}

function section(
  title: string,
  group: readonly Entry[],
  open: (path: string) => void,
): HTMLElement {
  return element(
    'section',
    { class: 'lab-group' },
    element('h2', {}, title),
    element(
      'div',
      { class: 'cards' },
      group.map(({ path, name, question }) =>
        element(
          'article',
          { class: 'card', 'data-scenario': name },
          element(
            'h3',
            {},
            element(
              'button',
              { type: 'button', class: 'open-card', click: () => open(path) },
              name,
            ),
          ),
          element('p', { class: 'question', title: question }, question),
        ),
      ),
    ),
  );
}

/**
 * The groups of the gallery: the scenarios for new visitors, the others by the first word of their names, and last
 * those that no other shares this word with.
 */
function groupsOf(
  entries: readonly Entry[],
  hasFirst: boolean,
): readonly (readonly [string, readonly Entry[]])[] {
  const groups = new Map<string, Entry[]>();
  const first = entries.filter(({ path }) => hasFirst && FIRST.includes(path));
  first.sort((a, b) => FIRST.indexOf(a.path) - FIRST.indexOf(b.path));
  if (first.length > 0) groups.set(FIRST_TITLE, first);
  for (const entry of entries) {
    if (first.includes(entry)) continue;
    const title = entry.name.split('-')[0] ?? '';
    groups.set(title, [...(groups.get(title) ?? []), entry]);
  }
  const alone = [...groups].filter(([title, { length }]) => length === 1 && title !== FIRST_TITLE);
  for (const [title] of alone) groups.delete(title);
  const others = alone.flatMap(([, group]) => group);
  return others.length === 0 ? [...groups] : [...groups, ['others', others]];
}

function entryOf(path: string, text: string): Entry {
  const name = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const written = /^question:[ \t]*(.*)$/m.exec(text)?.[1] ?? '';
  return { path, name, question: written.replace(/^(["'])(.*)\1\s*$/, '$2') };
}
