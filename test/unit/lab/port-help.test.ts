/** What the editor of the Lab completes while a protocol is being written. @module */

import { join } from 'node:path';
import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { completePort } from '../../../lab/page/port-help.ts';
import { portWords } from '../../../tools/page/port-words.ts';
import { ROOT } from '../../architecture/files.ts';

const words = portWords(join(ROOT, 'engine/host'));

function labelsAfter(doc: string): readonly string[] {
  const context = new CompletionContext(EditorState.create({ doc }), doc.length, false);
  return completePort(words, context)?.options.map(({ label }) => label) ?? [];
}

it.each([
  ['const now = host.', ['now', 'udp', 'after']],
  ['this.#host.random("x").', ['below']],
  ['host.trace.', ['state']],
  ['create(host: Ho', ['Host', 'Protocol']],
])('after %j come %j', (text, some) => {
  expect(labelsAfter(text)).toEqual(expect.arrayContaining(some));
});

it('after a name that the port does not have comes nothing, whatever the name is', () => {
  for (const owner of ['mine', 'constructor', '__proto__', 'toString'])
    expect(labelsAfter(`${owner}.`)).toEqual([]);
  expect(labelsAfter('')).toEqual([]);
});

it('each member has its type and the first sentence of its comment', () => {
  expect(words['Host']?.members.find(({ name }) => name === 'after')).toEqual({
    name: 'after',
    type: '(delay: Nanoseconds, fire: () => void): Timer',
    doc: 'Calls `fire` once after `delay` (integer ns, >= 0).',
  });
});
