/**
 * A mistake in a user's module is reported like a mistake in a file: position, line and caret, and
 * exit code 2.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProtocol } from '../../../scenarios/open/protocol-module.ts';
import { knownProtocols, ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const SOURCE = readFileSync(join(FIXTURES, 'crashing.ts'), 'utf8');
// Next to the fixture, so that its imports are found.
const folder = mkdtempSync(join(FIXTURES, 'module-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** Loads the fixture with a change; returns the error. */
async function told(before: string, after: string): Promise<ConfigError['issues'][number]> {
  count += 1;
  const path = join(folder, `broken-${count}.ts`);
  expect(SOURCE).toContain(before);
  const text = SOURCE.replace(before, after).replaceAll("'../../engine", "'../../../engine");
  writeFileSync(path, text);
  const error = await loadProtocol(path).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) throw new Error(`not told as a mistake: ${String(error)}`);
  expect(error.issues).toHaveLength(1);
  const [issue] = error.issues;
  if (issue === undefined) throw new Error('nothing told');
  expect(issue.file).toContain(`broken-${count}.ts`);
  return issue;
}

const lineOf = (text: string): number =>
  SOURCE.split('\n').findIndex((line) => line.includes(text)) + 1;

describe('a module that cannot be loaded', () => {
  it('was told without a line: a mistake of syntax has place and caret', async () => {
    const line = lineOf('const PORT = 9_000;');
    const issue = await told('const PORT = 9_000;', 'const PORT = = 9_000;');
    expect(issue).toMatchObject({ line, column: 14, code: 'E126', message: 'Unexpected "="' });
    expect(issue.sourceLine).toBe('const PORT = = 9_000;');
  });

  it('names what it throws while it is loaded, with its line', async () => {
    const issue = await told('const PORT = 9_000;', 'const PORT = nowhere.port;');
    expect(issue).toMatchObject({
      line: lineOf('const PORT = 9_000;'),
      column: 14,
      message: 'threw while it was loaded: ReferenceError: nowhere is not defined',
    });
  });

  it.each([
    ["kind: 'counter'", "kind: 'countr'", 'protocol.metrics[0].kind', 'did you mean counter?'],
    ['moduleUrl: import.meta.url,', '', 'protocol.moduleUrl', undefined],
    [
      'moduleUrl: import.meta.url,',
      "moduleUrl: '', generators: [{ name: 'x', parameters: {}, size: () => 1, generate: () => 1 }],",
      'protocol.generators[0].parameters',
      undefined,
    ],
    [
      'moduleUrl: import.meta.url,',
      "moduleUrl: '', addressRole: 'servce',",
      'protocol.addressRole',
      'did you mean service?',
    ],
    [
      "drops: { lost: 'it was lost', late: 'it was late' }",
      'drops: []',
      'protocol.drops',
      undefined,
    ],
    ['create: (host', 'creates: (host', 'protocol.create', undefined],
    ["name: 'crashing',", '', 'protocol.name', undefined],
    ["name: 'crashing.seen'", "name: 'crashing.accepted'", 'protocol.metrics[0].name', undefined],
    ['  config,\n', '  config: {},\n', 'protocol.config', undefined],
  ])('was found when the run needed it: %s', async (before, after, path, hint) => {
    const issue = await told(before, after);
    expect(issue).toMatchObject({ path, code: 'E126' });
    expect(issue.hint).toBe(hint);
    expect(issue.sourceLine).toContain('export const protocol');
  });

  it('the unchanged one is loaded', async () => {
    expect(await loadProtocol(join(FIXTURES, 'crashing.ts'))).toMatchObject({ name: 'crashing' });
  });
});

describe('the metrics of all protocols', () => {
  it('have one meaning each', () => {
    const own = knownProtocols().flatMap(({ metrics }) => metrics);
    // Protocols that use a library share its definitions.
    const definitions = new Set([...own, ...new ProtocolRegistry().metrics]);
    const names = [...definitions].map(({ name }) => name);
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
