/**
 * The question that the page asks before code from a link runs: it shows the code, and runs nothing.
 *
 * @module
 */
import { type Child, element } from '../../viz/app/kernel/element.ts';
import { actionButtons } from '../../viz/app/kernel/states.ts';
import { areEqualBytes } from '../link/are-equal-bytes.ts';
import { isCodeName } from '../link/file-name-fault.ts';
import type { LabFiles } from '../run/lab-task.ts';

/** Invisible characters, and those that change the order of visible ones (Unicode Technical Standard 55). */
const UNSEEN = /(?![\n\t])[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** The code in `files` that is new or differs from the open files. */
export function codeToAskFor(files: LabFiles, open: LabFiles): LabFiles {
  const isNew = ([name, bytes]: readonly [string, Uint8Array]): boolean =>
    isCodeName(name) && !areEqualBytes(bytes, open.get(name));
  return new Map([...files].filter(isNew));
}

/** Makes the question. @param agree Runs the link. */
export function codeQuestion(code: LabFiles, agree: () => void, leave: () => void): Child {
  const decoder = new TextDecoder();
  const shown = (bytes: Uint8Array): string =>
    decoder
      .decode(bytes)
      .replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
  return [
    element(
      'header',
      { class: 'lab-intro' },
      element('h1', {}, 'Run the code of this link?'),
      element(
        'p',
        {},
        'The link holds a protocol, a program of whoever made the link. It runs in this tab, without network, storage or this page, until you stop it. It can make up its results: read it first.',
      ),
      actionButtons({ label: 'Run this code', run: agree }, { label: 'Scenarios', run: leave }),
    ),
    [...code].map(([name, bytes]) =>
      element(
        'section',
        { class: 'lab-code' },
        element('h2', {}, name),
        element(
          'pre',
          { tabindex: 0, role: 'region', 'aria-label': `code of ${name}` },
          shown(bytes),
        ),
      ),
    ),
  ];
}
