/**
 * Options of the tools for developers. They are checked before a tool writes anything: `npm run golden -- --help`
 * must not rewrite the golden files.
 *
 * @module
 */

const BAD_ARGUMENT = 2;

/**
 * Reads the options on the command line. Prints the help and ends the process for `--help` (exit code 0) and for an
 * unknown option (exit code 2).
 * @param help Begins with the command and what it does.
 * @param known Options that the tool has.
 */
export function toolOptions(help: string, known: readonly string[] = []): ReadonlySet<string> {
  const given = process.argv.slice(2);
  if (given.includes('--help')) {
    process.stdout.write(help);
    process.exit(0);
  }
  const unknown = given.filter((option) => !known.includes(option));
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(' ')}\n\n${help}`);
    process.exit(BAD_ARGUMENT);
  }
  return new Set(given);
}
