/**
 * The commands that documents show: lines of blocks, and code between words.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, repositoryFiles } from '../architecture/files.ts';

/** A command as a page shows it. */
export interface PageCommand {
  /** Path of the page, from the root. */
  readonly page: string;
  /** Without the prompt and the comment behind it. */
  readonly command: string;
}

/** How commands begin; a prompt or a variable may stand before. */
const BEGIN =
  /^(?:\$ )?((?:[A-Z_]+=\S+ )?(?:npm|npx|curl|printf|source(?= )|cat|node \S+\.m[jt]s)(?: .*|$))/;
const BLOCK = /^ *```(\w*)\n([\s\S]*?)^ *```/gm;
/** Languages of blocks that somebody types, and that are no files. */
const TYPED = ['', 'sh', 'bash'];

/** Every command of a page, once. */
export function commandsOf(page: string): readonly PageCommand[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll('\\\n', '');
  const blocks = [...text.matchAll(BLOCK)].filter(([, language = '']) => TYPED.includes(language));
  const lines = blocks.flatMap(([, , block = '']) => block.split('\n'));
  const inline = [...text.replaceAll(BLOCK, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  const commands = [...lines, ...inline].flatMap((line) => {
    const [, command = ''] = BEGIN.exec(line.trim()) ?? [];
    return command === '' ? [] : [command.replace(/ +#.*$/, '').trim()];
  });
  return [...new Set(commands)].map((command) => ({ page, command }));
}

/** The pages that show how to do something. */
export function howToPages(): readonly string[] {
  return pages().filter((path) => path.startsWith('docs/how-to/'));
}

/** All pages for users and developers; not the changelog, which tells of commands that were. */
export function pages(): readonly string[] {
  return repositoryFiles()
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md');
}

/** The words that a shell makes of a command, without a variable before it. */
export function wordsOf(command: string): readonly string[] {
  const words = command.replace(/^[A-Z_]+=\S+ /, '').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replaceAll(/['"]/g, ''));
}

/**
 * The words for the program itself, where a command starts it by npm, by npx or by its name.
 * @returns `undefined` for other commands, and for flags that npm would take for itself.
 */
export function programWords(
  command: string,
  isScript: (name: string) => boolean,
): readonly string[] | undefined {
  const [program, first = '', ...rest] = wordsOf(command);
  if (program === 'npx' && first === 'orrery') return rest;
  const [name = '', ...words] = rest;
  if (program !== 'npm' || first !== 'run' || !isScript(name)) return undefined;
  const flag = words.findIndex((word) => word.startsWith('-'));
  if (flag >= 0 && words[flag] !== '--') return undefined;
  return [name, ...words.filter((_, index) => index !== flag)];
}
