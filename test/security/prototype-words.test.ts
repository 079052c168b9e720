/**
 * Names that every JavaScript object has as a property, such as constructor, in all places where a
 * user's file or flag contains a name.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { readQuantity } from '../../topologies/files/units.ts';
import { ROOT } from '../architecture/files.ts';

const WORDS = Object.getOwnPropertyNames(Object.prototype);
const folder = mkdtempSync(join(tmpdir(), 'orrery-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const registry = new ProtocolRegistry();
const folders = { scenarios: join(ROOT, 'scenarios'), topologies: join(ROOT, 'topologies') };
const BASE = { name: 'x', question: 'q', duration: '10s', topology: 'two-nodes.yaml' };

/** The mistake in a file, or `loaded`. */
function said(
  text: string,
  overrides: Readonly<Record<string, string>> = {},
  ending = 'yaml',
): string {
  const path = join(folder, `words.${ending}`);
  writeFileSync(path, text);
  try {
    loadScenario({ path, folders, registry, overrides });
    return 'loaded';
  } catch (error) {
    // Any other error would be reported as a bug of the program.
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

function file(more: object): string {
  return JSON.stringify({ ...BASE, ...more });
}

it.each(WORDS)('%s is no unit', (word) => {
  for (const text of [`10${word}`, `10 ${word}`, `10/${word}`, `10k${word}`]) {
    expect(readQuantity(text), text).toBeUndefined();
  }
  expect(said(file({ duration: `10${word}` }))).toContain('is not a time');
});

it.each(WORDS)('%s names nothing that is there', (word) => {
  const flow = { kind: 'poisson', from: word, to: 'bob', rate: '1/s' };
  const link = { at: '1s', hold: true, link: word };
  expect(said(file({ traffic: [flow] }))).toContain('is not in');
  expect(said(file({ events: [link] }))).toContain('there is no link');
  expect(said(file({ traffic: [{ ...flow, from: 'alice', kind: word }] }))).not.toBe('loaded');
  expect(said(file({ events: [{ at: '1s', crash: word }] }))).toContain('is not in');
  for (const ending of ['yaml', 'json']) {
    const key = (path: string): string =>
      said(`{${path}, ${JSON.stringify(BASE).slice(1)}`, {}, ending);
    expect(key(`"kpis": {"${word}": {"p95": "<= 1s"}}`), `${ending} kpis`).not.toBe('loaded');
    expect(key(`"kpis": {"ping.rtt": {"${word}": "<= 1s"}}`), `${ending} limit`).not.toBe('loaded');
    expect(key(`"options": {"${word}": {"a": 1}}`), `${ending} options`).not.toBe('loaded');
    expect(key(`"options": {"ping": {"${word}": 1}}`), `${ending} option`).not.toBe('loaded');
    expect(key(`"${word}": 1`), `${ending} key`).not.toBe('loaded');
  }
  const topology = { name: 't', nodes: [{ name: 'a', run: word }], links: [] };
  expect(said(file({ topology }))).not.toBe('loaded');
});

it.each(WORDS)('--set %s changes no object but the file', (word) => {
  for (const path of [
    word,
    `${word}.polluted`,
    `options.${word}.polluted`,
    `topology.${word}.polluted`,
    `traffic.0.${word}`,
    `kpis.${word}.p95`,
    `${word}.${word}.${word}`,
  ]) {
    expect(said(file({}), { [path]: '1' }), path).not.toBe('loaded');
  }
  expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(WORDS);
});

it('a node may be called constructor', () => {
  const nodes = ['constructor', 'toString'].map((name) => ({ name, run: 'ping' }));
  const links = [{ ends: 'constructor <-> toString', rate: '1Gbit/s', delay: '1ms' }];
  const options = { constructor: { interval: '1s' } };
  const topology = { name: 't', nodes, links };
  expect(said(file({ topology }))).toBe('loaded');
  expect(said(file({ topology, options }))).toMatch(/loaded|E122|interval/);
});

it.each([
  '../../x',
  '/etc/x',
  '..',
  'a/b',
  'a\\b',
  'CON.',
  'CON',
  'nul',
  'Com1',
  'x\u0000',
  '<b>x</b>',
  '\u001b[2Jx',
  '',
  ' ',
  'é',
  'a'.repeat(64),
])('%j is no name of a scenario: it becomes a folder', (name) => {
  const message = said(file({ name }));
  expect(message).toContain('name: ');
  expect(message).not.toContain('\u001b');
});
