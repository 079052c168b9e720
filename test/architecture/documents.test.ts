/**
 * The documents are true: their links lead somewhere, their commands exist, and their code is
 * copied from the source.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figureStaleReason, figuresDocument, readFigures } from '../../tools/figures.ts';
import { readRequirements } from '../../tools/requirements/requirement-list.ts';
import { ROOT, repositoryFiles } from './files.ts';
import { anchorsOf } from './headings.ts';

const documents = repositoryFiles().filter(({ path }) => path.endsWith('.md'));
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('documents', () => {
  it('link to files and headings that exist', () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const unknown = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)]
        .map(([, name = '']) => name)
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('list every command on one page', () => {
    const page = read('docs/COMMANDS.md');
    const isListed = (name: string): boolean =>
      new RegExp(`\`(npm (run )?)?${name}[\` ]`).test(page);
    const missing = Object.keys(scripts).filter((name) => !isListed(name));
    expect(missing).toEqual(['prepack']);
  });

  it('show the first scenario as it is shipped', () => {
    const [, shipped = ''] = /^(name: [\s\S]*)/m.exec(read('scenarios/hello.yaml')) ?? [];
    expect(read('README.md')).toContain(`\`\`\`yaml\n${shipped}\`\`\``);
  });

  it('name scenario files that exist', () => {
    const unknown = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (?:scenario|live|sweep) ([\w/-]+\.yaml)/g)]
        .map(([, name = '']) => name)
        .filter(
          (name) => !existsSync(join(ROOT, 'scenarios', name)) && !existsSync(join(ROOT, name)),
        )
        .map((name) => `${path}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('show code that stands in the source, line by line', () => {
    const pattern = /<!-- (\S+\.ts) -->\n```ts\n([\s\S]*?)```/g;
    const guide = read('docs/WRITING-A-PROTOCOL.md');
    const blocks = [...guide.matchAll(pattern)];
    expect(blocks.length).toBeGreaterThan(5);
    for (const [, file = '', code = ''] of blocks) {
      const source = read(file);
      for (const part of code.split(/^\/\/ …\n/m)) expect(source, file).toContain(part);
    }
  });

  it('keep a changelog with an unreleased section and its kinds of entry', () => {
    const changelog = read('CHANGELOG.md');
    expect(changelog).toMatch(/^## Unreleased$/m);
    expect(changelog).toMatch(/^### Results$/m);
  });

  it.each([
    ['CHANGELOG.md', 8_000],
    ['.github/SECURITY.md', 2_000],
  ])('say in %s what a user needs in less than %i bytes', (path, bytesMax) => {
    const advice = `${path}: shorten or merge older lines`;
    expect(Buffer.byteLength(read(path)), advice).toBeLessThan(bytesMax);
  });

  it('explain each word of the glossary once, in the order of the alphabet', () => {
    const words = [...read('docs/GLOSSARY.md').matchAll(/^\| (?!Word)(.+?) \|/gm)].map(
      ([, word = '']) => word.replaceAll('`', '').toLowerCase(),
    );
    expect(words.length).toBeGreaterThan(100);
    expect(words).toEqual([...new Set(words)].sort());
  });

  it('give a reason and the version for each dependency', () => {
    const manifest = JSON.parse(read('package.json')) as Readonly<
      Record<string, Readonly<Record<string, string>>>
    >;
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'];
    const reasons = read('docs/spec/dependencies.md');
    const missing = kinds
      .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
      .filter(([name]) => !name.startsWith('@types/'))
      .filter(([name, version]) => !rowsWith(reasons, name).some((row) => row.includes(version)))
      .map(([name, version]) => `${name} ${version}`);
    expect(missing).toEqual([]);
  });

  it('show the way of a packet as the program tells it', () => {
    const [, flags = '', story = ''] =
      /\$ npm run scenario (.+)\n(Packet 1 [\s\S]+?)\n```/.exec(read('docs/ARCHITECTURE.md')) ?? [];
    const out = mkdtempSync(join(tmpdir(), 'orrery-story-'));
    try {
      const words = [...flags.replace(' -- ', ' ').split(' '), '--out', out, '--quiet'];
      const command = ['cli/start.mjs', 'scenario', ...words];
      const { stdout, stderr } = spawnSync(process.execPath, command, {
        cwd: ROOT,
        encoding: 'utf8',
      });
      expect(story.split('\n').length).toBeGreaterThan(15);
      expect(stdout + stderr).toContain(story);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

  it('tell the life of a packet by seven files', () => {
    const [, story = ''] = read('docs/ARCHITECTURE.md').split('## The life of a packet');
    const [table = ''] = story.split('## Decisions');
    expect(table.match(/^\| \d \| \[/gm)).toHaveLength(7);
  });
});

describe('the gate', () => {
  it('R-250: of npm test and CI holds types, lint and format, arrows, dead code, tests, coverage', () => {
    const steps = read(scripts['test']?.split(' ').at(-1) ?? '');
    const tools = {
      types: 'node node_modules/typescript-7/bin/tsc',
      lint: 'biome',
      architecture: 'depcruise',
      dead: 'knip',
    };
    for (const [check, tool] of Object.entries(tools)) {
      expect(steps).toContain(`'check:${check}'`);
      expect(scripts[`check:${check}`]).toMatch(new RegExp(`^${tool}( |$)`));
    }
    expect(scripts['check:lint']).toContain('check --error-on-warnings');
    expect(steps).toContain('runVitest(');
    const thorough = read(scripts['test:thorough']?.split(' ').at(-1) ?? '');
    expect(thorough).toContain("'--coverage'");
    expect(read('.ci/run')).toMatch(/^count npm run test:thorough$/m);
    expect(read('.ci/run')).toMatch(/^count npm test$/m);
    expect(read('.ci/run')).toMatch(/^count .*npm run test:package$/m);
  });

  it('R-078: fails below 91.8 % of the lines of gateway and anti-replay', () => {
    const settings = read('vitest.config.ts');
    const [, threshold] = /thresholds: \{ lines: ([\d.]+) \}/.exec(settings) ?? [];
    expect(Number(threshold)).toBeGreaterThanOrEqual(91.8);
    const [, counted = ''] = /provider: 'v8',\n +include: \[(.*)\]/.exec(settings) ?? [];
    expect(counted).toContain("'nodes/gateway/**/*.ts'");
    expect(counted).toContain("'nodes/_kit/{replay,reserved}-window.ts'");
    const thorough = read(scripts['test:thorough']?.split(' ').at(-1) ?? '');
    expect(thorough).toContain("const COVERAGE = ['run', '--coverage',");
    expect(thorough).toMatch(/command = .*\.\.\.COVERAGE\];\n.*runChecks\(.*command/);
  });
});

describe('docs/FIGURES.md', () => {
  const figures = readFigures().sections.flatMap((section) => section.figures);
  const written = new Map(
    read('docs/FIGURES.md')
      .split('\n')
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
      .map(([, what = '', published = '', ...ours]) => [
        what.replace(/<br>.*$/, ''),
        { published: published.replaceAll('\\|', '|'), ours },
      ]),
  );

  it('R-235: sets each published figure beside ours, measured, with its clock and where it is from', () => {
    expect(figures).toHaveLength(39);
    for (const { what, published, ours } of figures.filter((one) => !('later' in one.ours))) {
      const row = written.get(what);
      expect(row?.published, what).toBe(published);
      const [value = '', clock = '', from = ''] = row?.ours ?? [];
      expect(value, what).toMatch(/\d/);
      expect(clock, what).toMatch('coverage' in ours ? /^–$/ : /^(virtual|wall)$/);
      expect(from, what).toMatch(/(node [\d.]+|\d+ lines), [\da-f]{7,} of \d{4}-\d\d-\d\d(<br>|$)/);
    }
  });

  it('R-235: names the command that measures it: the scenario or the benchmark that it is taken from', () => {
    for (const { what, ours, command = '' } of figures) {
      const [, script = ''] = /^npm run (\S+)/.exec(command) ?? [];
      if (command !== '') expect(scripts[script], what).toBeDefined();
      if ('kpi' in ours) expect(command, what).toContain(` ${ours.kpi.split(' > ')[0]}.yaml`);
      if ('bench' in ours) expect(command, what).toMatch(/^npm run bench -- \w+$/);
      if ('coverage' in ours) expect(command, what).toBe('npm run coverage');
    }
  });

  it('R-235: said of no figure that it was from fewer seeds than its command, or older than its code', () => {
    const from = '3 seeds, crypto node, node 20.20.2, 5894431 of 2026-11-20';
    const since = (commit: string): string | undefined =>
      commit === '5894431' ? '2026-11-24' : undefined;
    const command = 'npm run scenario failover-reference.yaml';
    expect(figureStaleReason(from, `${command} -- --seeds 30`, since)).toBe(
      'its command has 30 seeds',
    );
    expect(figureStaleReason(from, `${command} -- --seeds 3`, since)).toBe(
      'its code changed on 2026-11-24',
    );
    expect(figureStaleReason(from.replace('5894431', '6e9ace7'), command, since)).toBeUndefined();
    for (const { what, command: asked = '' } of figures) {
      const [, , origin = ''] = written.get(what)?.ours ?? [];
      if (figureStaleReason(origin, asked, () => undefined) === undefined) continue;
      expect(origin, what).toContain('**stale**');
    }
  });

  it('R-235: names, where there is none, a requirement that is owed later and not shown', () => {
    const rows = readRequirements(join(ROOT, 'docs/requirements.yaml')).flatMap(({ rows }) => rows);
    const owed = figures.flatMap(({ ours }) => ('later' in ours ? [ours.later] : []));
    expect(owed.length).toBeLessThan(figures.length / 3);
    for (const id of owed) expect(rows.find((row) => row.id === id)?.due, id).toBeUndefined();
  });

  const asWritten = figuresDocument();

  it('has the rows of its list: npm run figures -- --write', () => {
    const rows = (text: string): readonly string[] =>
      text.split('\n').map((line) => line.split(' | ').slice(0, 2).join(' | '));
    expect(rows(read('docs/FIGURES.md'))).toEqual(rows(asWritten));
  });

  it('lost what a folder without runs had not measured: a written figure stays', () => {
    const unmeasured = (text: string): readonly string[] =>
      text
        .split('\n')
        .filter((line) => line.includes('| not measured yet |'))
        .map((line) => line.split(' | ')[0] as string);
    const written = unmeasured(read('docs/FIGURES.md'));
    expect(unmeasured(asWritten).filter((row) => !written.includes(row))).toEqual([]);
    const seeds = (text: string): number =>
      [...text.matchAll(/\| (\d+) seeds, /g)].reduce((sum, [, n]) => sum + Number(n), 0);
    expect(seeds(asWritten)).toBeGreaterThanOrEqual(seeds(read('docs/FIGURES.md')));
  });
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), decodeURI(file)));
  if (!existsSync(join(ROOT, path))) return false;
  return heading === undefined || anchorsOf(read(path)).has(heading);
}

function rowsWith(table: string, name: string): readonly string[] {
  return table.split('\n').filter((line) => line.startsWith('| ') && line.includes(name));
}
