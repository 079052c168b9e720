/** Federated learning runs over any carrier because it knows none: no file of it names one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { shippedProtocols } from '../../scenarios/open/registry.ts';

const FOLDER = fileURLToPath(new URL('../../nodes/federated', import.meta.url));

/** The code of a file, without its comments and without the texts that people read. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

function namesIn(text: string): readonly string[] {
  const others = shippedProtocols().map(({ name }) => name);
  return others.filter(
    (name) => name !== 'federated' && new RegExp(`['"\`/]${name}['"\`/]`).test(codeOf(text)),
  );
}

it('no file of nodes/federated names a carrier, nor imports one', () => {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(40);
  for (const path of files)
    expect(namesIn(readFileSync(join(FOLDER, path), 'utf8')), path).toEqual([]);
});

it('finds a name where there is one', () => {
  expect(namesIn("host.transport(handlers, 'fabric');")).toEqual(['fabric']);
  expect(namesIn("import { x } from '../mixnet/index.ts';")).toEqual(['mixnet']);
  expect(namesIn('// over fabric: "fabric"')).toEqual([]);
});
