/**
 * Removes passwords of the command line from texts, because what a command prints is kept in logs of CI and
 * in reports of problems.
 *
 * @module
 */

/** The option `--queue`, or a misspelt one that begins with `--q`. */
const QUEUE = /^--q[^=]*=?/;
/**
 * Matches up to the last `@`, where user and password end, because a password may contain an `@`
 * that is not escaped.
 */
const BEFORE_HOST = /^(?:.*?\/\/)?(.*)@/s;
const PARAMETER = /[?&]\w*pass\w*=(.+)/is;
const HIDDEN = '***';

/**
 * Removes the user and the password of every address on the command line from a text, such as the command
 * itself or a message that repeats a word of it.
 * @param words The words of the command.
 */
export function hidePasswords(text: string, words = process.argv.slice(2)): string {
  let clean = text;
  for (const [index, word] of words.entries()) {
    const follows = QUEUE.test(words[index - 1] ?? '');
    for (const [secret, shown] of secretsOf(word, follows)) clean = clean.replaceAll(secret, shown);
  }
  return clean;
}

/** The secret parts of a word of the command line, each with the text that replaces it. */
function secretsOf(word: string, followsQueue: boolean): readonly (readonly [string, string])[] {
  const isAddress = followsQueue || QUEUE.test(word) || word.includes('//');
  if (!isAddress) return [];
  const value = word.replace(QUEUE, '');
  const user = BEFORE_HOST.exec(value)?.[1] ?? '';
  const parameter = PARAMETER.exec(value);
  const named = parameter?.[0].slice(0, -(parameter[1]?.length ?? 0)) ?? '';
  return [
    ...(user === '' ? [] : [[`${user}@`, `${HIDDEN}@`] as const]),
    ...(parameter === null ? [] : [[parameter[0], `${named}${HIDDEN}`] as const]),
  ];
}
