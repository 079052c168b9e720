/**
 * Every protocol folder has the required parts: files, README, constants with citations, tests,
 * vectors. For each rule, a folder that breaks it is found.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../engine/host/protocol.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import { trafficMetrics } from '../../scenarios/metrics/traffic-metrics.ts';
import {
  knownProtocols,
  loadAddedProtocols,
  ProtocolRegistry,
  shippedProtocols,
} from '../../scenarios/open/registry.ts';
import { GOLDEN_FILE } from '../../tools/golden/golden-bytes.ts';
import { PAGE_TABLES } from '../../tools/page-tables.ts';
import { withTables, withWrittenEnd } from '../../tools/protocol-tables.ts';
import { ROOT, repositoryFiles, type TextFile } from './files.ts';

const NODES = join(ROOT, 'nodes');
const files = repositoryFiles();
const folders = readdirSync(NODES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);
await loadAddedProtocols();
const runnable = new Map(knownProtocols().map((protocol) => [protocol.name, protocol]));
const shipped = new Set(shippedProtocols().map(({ name }) => name));

/**
 * How a constant cites its source: an RFC, a BOLT, a revision or section of a specification, or a
 * function of a reference implementation.
 */
const SOURCE =
  /RFC \d|BOLT \d|revision|\bspec\/|[Ss]ection|§|reference|doc\/|\(\d+(\.\d+)+[a-z]?\)/;

/** What the rules read of a protocol. */
type Described = Pick<Protocol, 'summary' | 'config' | 'drops' | 'metrics'>;

/** The input of the rules. */
interface Folder {
  readonly name: string;
  /** The files, with paths relative to the folder. */
  readonly files: readonly TextFile[];
  readonly protocol: Described | undefined;
  readonly hasUnitTests: boolean;
  /** True if there are published vectors, or golden bytes made by this project. */
  readonly hasVectors: boolean;
  readonly readmeOfProject: string;
  /** True for a protocol that a user added to this checkout and that is not shipped. */
  readonly isAdded?: boolean;
  /** True for paths outside the folder that its README may name. */
  readonly exists: (path: string) => boolean;
}

type Rule = (folder: Folder) => readonly string[];

const textOf = ({ files: own }: Folder, path: string): string =>
  own.find((file) => file.path === path)?.text ?? '';
const has = ({ files: own }: Folder, path: string): boolean =>
  own.some((file) => file.path === path || file.path.startsWith(`${path}/`));
/** A carrier that adds nothing to what it carries says so, and shows an example of what it carries. */
const isBare = (folder: Folder): boolean =>
  textOf(folder, 'README.md').includes('It has no bytes of its own.');
const unless = (isKept: boolean, mistake: string): string[] => (isKept ? [] : [mistake]);

const RULES: Readonly<Record<string, Rule>> = {
  'has a README, a face and its numbers': (folder) =>
    ['README.md', 'index.ts', 'geometry.ts'].flatMap((path) => unless(has(folder, path), path)),

  'has bytes, options and an adapter when it runs as a node': (folder) => {
    if (folder.protocol === undefined) return [];
    return [
      ...unless(isBare(folder) || has(folder, 'wire.ts') || has(folder, 'wire'), 'wire.ts'),
      ...['config.ts', 'node.ts'].flatMap((path) => unless(has(folder, path), path)),
    ];
  },

  'says in its README where each part stands and is tested, deviations and limits': (folder) => {
    const readme = textOf(folder, 'README.md');
    return [
      ...unless(/^# /.test(readme), 'a title'),
      ...unless(/^\|.*\.ts`.*\|.*\|/m.test(readme), 'a table of parts'),
      ...unless(/deviations/i.test(readme), 'deviations'),
      ...unless(/limits/i.test(readme), 'limits'),
      ...unless(
        folder.protocol === undefined ||
          isBare(folder) ||
          /npm run (scenario|live) [\w-]+\.yaml/.test(readme),
        'an example that runs',
      ),
    ];
  },

  'names files in its README that exist': (folder) => {
    const named = [...textOf(folder, 'README.md').matchAll(/`([\w./-]+\.ts)`/g)];
    const missing = named
      .map(([, path = '']) => path)
      .filter((path) => !has(folder, path) && !folder.exists(path));
    return [...missing, ...unless(named.length > 0, 'any file')];
  },

  'gives each number a sentence, and its source': (folder) => {
    const isFree = textOf(folder, 'README.md').includes('there is no specification');
    return folder.files
      .filter(({ path }) => path.endsWith('geometry.ts'))
      .flatMap(({ path, text }) => [
        ...bareConstants(text).map((name) => `${path}: ${name} has no sentence`),
        ...unless(isFree || SOURCE.test(text), `${path}: no source`),
      ]);
  },

  'has tables of its options, metrics and drops in its README, by `npm run protocols`': (
    folder,
  ) => {
    if (folder.protocol === undefined) return [];
    const readme = textOf(folder, 'README.md');
    return differingLines(readme, withTables(readme, folder.protocol, folder.files));
  },

  'has a sentence for each option': (folder) => {
    if (folder.protocol === undefined) return [];
    const [, tables = ''] = withTables('', folder.protocol, folder.files).split('## Options');
    return tables.split('\n').filter((line) => line.startsWith('| `') && line.endsWith('|  |'));
  },

  'exports its parts one by one': (folder) =>
    unless(!/export \*/.test(textOf(folder, 'index.ts')), 'export *'),

  'has tests of its own, and vectors or golden bytes': (folder) => [
    ...unless(folder.hasUnitTests, 'unit tests'),
    ...unless(isBare(folder) || folder.hasVectors, 'vectors'),
  ],

  'has a sentence for each drop and metric': ({ protocol }) => {
    if (protocol === undefined) return [];
    const { drops, metrics, summary } = protocol;
    return [
      ...Object.keys(drops).filter((reason) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(reason)),
      ...Object.entries(drops).flatMap(([reason, text]) => unless(text.length > 10, reason)),
      ...metrics.flatMap(({ name, help }) => unless(help.length > 10, name)),
      ...unless(summary.length > 10, 'summary'),
    ];
  },

  'stands in the table of protocols of the README': ({ name, isAdded, readmeOfProject }) =>
    unless(
      isAdded === true ||
        new RegExp(`^\\| \\[${name}\\]\\(nodes/${name}[/)]`, 'm').test(readmeOfProject),
      'a row of the README',
    ),
};

function folderOf(name: string): Folder {
  const prefix = `nodes/${name}/`;
  return {
    name,
    files: files
      .filter(({ path }) => path.startsWith(prefix))
      .map((file) => ({ ...file, path: file.path.slice(prefix.length) })),
    protocol: runnable.get(name),
    hasUnitTests: files.some(({ path }) => path.startsWith(`test/unit/nodes/${name}/`)),
    hasVectors:
      existsSync(join(ROOT, `test/unit/nodes/${name}`, GOLDEN_FILE)) ||
      files.some(({ path, text }) => path.startsWith('test/vectors/') && text.includes(prefix)),
    isAdded: runnable.has(name) && !shipped.has(name),
    readmeOfProject: readFileSync(join(ROOT, 'README.md'), 'utf8'),
    exists: (path) => existsSync(join(ROOT, path)),
  };
}

describe.each(folders)('R-145: nodes/%s', (name) => {
  const folder = folderOf(name);
  it.each(Object.entries(RULES))('%s', (_words, rule) => {
    expect(rule(folder)).toEqual([]);
  });
});

describe('metrics and drops that no protocol declares', () => {
  it.each(Object.entries(PAGE_TABLES))(
    'are in the tables of %s: npm run protocols',
    (path, written) => {
      const page = readFileSync(join(ROOT, path), 'utf8');
      expect(differingLines(page, withWrittenEnd(page, written))).toEqual([]);
    },
  );

  it('are in the table of some page, but for those of privacy (docs/PRIVACY.md)', () => {
    const rows = Object.values(PAGE_TABLES).flat().join('');
    const ofTraffic = [...runnable.keys()].flatMap((name) => trafficMetrics(name));
    const inTables = new Set([...ofTraffic, ...PRIVACY_METRICS].map(({ name }) => name));
    const missing = new ProtocolRegistry().metrics.filter(
      ({ name }) => !inTables.has(name) && !rows.includes(`\n| \`${name}\` |`),
    );
    expect(missing).toEqual([]);
  });
});

describe('R-145: a folder that breaks a rule', () => {
  const good = folderOf('gateway');
  const without = (path: string): Folder => ({
    ...good,
    files: good.files.filter((file) => file.path !== path && !file.path.startsWith(`${path}/`)),
  });
  const changed = (path: string, change: (text: string) => string): Folder => ({
    ...good,
    files: good.files.map((file) =>
      file.path === path ? { ...file, text: change(file.text) } : file,
    ),
  });
  const README = 'README.md';
  const GEOMETRY = 'geometry.ts';
  const parts: readonly (readonly [string, Folder])[] = [
    ['has a README, a face and its numbers', without(README)],
    ['has a README, a face and its numbers', without('index.ts')],
    ['has a README, a face and its numbers', without(GEOMETRY)],
    ['has bytes, options and an adapter when it runs as a node', without('wire.ts')],
    ['has bytes, options and an adapter when it runs as a node', without('config.ts')],
    ['has bytes, options and an adapter when it runs as a node', without('node.ts')],
    ...['# ', '|', 'eviations', 'imits', 'npm run '].map((words): readonly [string, Folder] => [
      'says in its README where each part stands and is tested, deviations and limits',
      changed(README, (text) => text.replaceAll(words, 'x')),
    ]),
    [
      'names files in its README that exist',
      changed(README, (text) => `${text}\nSee \`no-such-file.ts\`.\n`),
    ],
    ['names files in its README that exist', changed(README, () => '# gateway\n')],
    [
      'gives each number a sentence, and its source',
      changed(GEOMETRY, (text) => `${text}\n\nexport const BARE = 7;\n`),
    ],
    [
      'gives each number a sentence, and its source',
      changed(GEOMETRY, () => '/** Bytes of a thing, 1.5 of them. */\nexport const THING = 7;\n'),
    ],
    [
      'has tables of its options, metrics and drops in its README, by `npm run protocols`',
      changed(README, (text) => text.replace(/^\| `no-path`.*\n/m, '')),
    ],
    [
      'has a sentence for each option',
      changed('config.ts', (text) => text.replace('/** Frames a second from one peer. */', '')),
    ],
    [
      'exports its parts one by one',
      changed('index.ts', (text) => `${text}export * from './x.ts';`),
    ],
    ['has tests of its own, and vectors or golden bytes', { ...good, hasUnitTests: false }],
    ['has tests of its own, and vectors or golden bytes', { ...good, hasVectors: false }],
    ...(
      [
        { summary: 'short' },
        { drops: { Bad_Name: 'a sentence long enough' } },
        { drops: { bad: '' } },
        { metrics: [{ name: 'x.y', kind: 'counter', unit: 'count', help: '' }] },
      ] as const
    ).map((wrong): readonly [string, Folder] => [
      'has a sentence for each drop and metric',
      { ...good, protocol: { ...(runnable.get('gateway') as Described), ...wrong } },
    ]),
    ['stands in the table of protocols of the README', { ...good, name: 'gate' }],
  ];

  it.each(parts)('is found: %s', (words, folder) => {
    expect(RULES[words]?.(good)).toEqual([]);
    expect(RULES[words]?.(folder)).not.toEqual([]);
  });

  it('every rule has one', () => {
    expect([...new Set(parts.map(([words]) => words))].sort()).toEqual(Object.keys(RULES).sort());
  });
});

/** Lines that only one of two texts has. */
function differingLines(one: string, other: string): readonly string[] {
  const [some, others] = [one.split('\n'), other.split('\n')];
  return [
    ...others.filter((line) => !some.includes(line)),
    ...some.filter((line) => !others.includes(line)),
  ];
}

/** Exported constants without a comment above them; consecutive constants may share one comment. */
function bareConstants(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, name] = /^export const (\w+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const above = lines.slice(0, index).findLastIndex((one) => !/^(export const .*;)$/.test(one));
    return /\*\/$|^\s*\/\//.test(lines[above] ?? '') ? [] : [name];
  });
}
