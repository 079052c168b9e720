/**
 * Finds, in the output of a process that died, the line that tells people why it died.
 *
 * @module
 */

/** Longest text that is returned, characters. */
const LINE_MAX = 300;

/**
 * Finds the line that explains why a process failed.
 * @param stderr The end of the process's output; its first line may be cut.
 * @returns the message of its last log line, or of its exception; empty if it printed nothing.
 */
export function findFailureLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !isStack(line));
  // An uncaught exception has its message above its stack.
  const error = said.findLast((line) => /^(\w*Error\b.*|Uncaught\b.*): /.test(line));
  const words = error ?? messageOf(said.at(-1) ?? '');
  return words.slice(0, LINE_MAX);
}

function isStack(line: string): boolean {
  return /^at .*[:(]/.test(line) || /^Node\.js v\d/.test(line) || /^[{}[\]^~]+$/.test(line);
}

/** The message of a log line, which is JSON; any other line unchanged. */
function messageOf(line: string): string {
  try {
    const { message } = JSON.parse(line) as { readonly message?: unknown };
    return typeof message === 'string' ? message : line;
  } catch {
    return line;
  }
}
