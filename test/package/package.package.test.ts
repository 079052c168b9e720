/**
 * The package as a user gets it: packed, installed in an empty folder, and tried with the commands
 * of its how-to page.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ROOT } from '../architecture/files.ts';
import { pingsFile } from '../unit/cli/pings-file.ts';
import {
  type Consumer,
  type Ended,
  examplesOf,
  filesBelow,
  install,
  installAsTold,
  nodePrograms,
  pack,
  run,
  shownFiles,
  write,
} from './consumer.ts';

/**
 * The package has 2,400 files and 13.8 MB: compiled modules without comments, the types of what it
 * exports, the documents, the page of the browser view with its demo, and that of the Lab, which
 * has the engine inside (3.8 MB, 1.2 packed). A protocol adds some 50 files and 0.2 MB.
 */
const FILES_MAX = 2_500;
const PACKED_MAX_BYTES = 5e6;
const UNPACKED_MAX_BYTES = 14.5e6;
/** What documents link and only the repository has: sources, and decisions on them. */
const OF_REPOSITORY = /\.ts$|^docs\/adr(\/|$)|^engine\/host$/;

/**
 * Ports derived from the number of this process, so that other live runs on this machine use
 * others; all are below 32768.
 */
const PORT_BASE = 15_000 + 300 * (process.pid % 50);
const portsFrom = (run: number): readonly string[] => [
  ...['--set', 'topology.addressPlan=ports', '--precision', 'low'],
  ...['--set', `topology.portBase=${PORT_BASE + 128 * run}`],
];

const { folder: packedIn, tarball } = pack();
const consumer = install(packedIn, tarball);
const reason = typeof consumer === 'string' ? consumer : '';
if (reason !== '') process.stderr.write(`package: not tried, ${reason}\n`);
afterAll(() => rmSync(packedIn, { recursive: true, force: true }));

it('can be installed from a cold or a warm cache', {
  skip: !process.env['CI'] && reason !== '',
}, () => {
  expect(reason).toBe('');
});

describe.skipIf(reason !== '')('the package', () => {
  const { folder, tarballBytes } = consumer as Consumer;
  const home = join(folder, 'node_modules/orrery');
  const files = filesBelow(home);
  const textOf = (path: string): string => readFileSync(join(home, path), 'utf8');
  const manifest = JSON.parse(textOf('package.json')) as {
    readonly version: string;
    readonly bin: Readonly<Record<string, string>>;
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    readonly scripts: Readonly<Record<string, string>>;
  };
  const orrery = (...args: string[]): Promise<Ended> =>
    run(folder, join(folder, 'node_modules/.bin/orrery'), ...args);
  const reportOf = (path: string): Report =>
    JSON.parse(readFileSync(join(folder, 'runs', path, 'report.json'), 'utf8')) as Report;

  describe('holds', () => {
    it('no test, no vectors, no tools, and no path of the machine that packed it', () => {
      const strangers = files.filter((path) =>
        /(^|\/)(test|tests|bench|tools|vectors|coverage|runs)\/|\.test\.|vitest|\.tgz$/.test(path),
      );
      expect(strangers).toEqual([]);
      const paths = [ROOT.replace(/\/$/, ''), packedIn, process.env['HOME'] ?? ROOT];
      const telling = files.filter((path) => {
        const text = textOf(path);
        return paths.some((one) => one.length > 3 && text.includes(`${one}/`));
      });
      expect(telling).toEqual([]);
    });

    it('what its manifest names, and no install script', () => {
      const named = Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      );
      for (const path of [...named, ...Object.values(manifest.bin)]) {
        if (path.includes('*')) continue;
        expect(files, path).toContain(path.replace('./', ''));
      }
      for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
        expect(Object.keys(manifest.scripts)).not.toContain(name);
      }
    });

    it('every file that its documents link and its YAML files name as schema', () => {
      const folders = new Set(files.flatMap((path) => parents(path)));
      const leads = (from: string, target: string): boolean => {
        const path = normalize(join(dirname(from), target.split('#')[0] ?? '')).replace(/\/$/, '');
        const isThere = files.includes(path) || folders.has(path);
        return isThere || (OF_REPOSITORY.test(path) && existsSync(join(ROOT, path)));
      };
      const broken = files.flatMap((path) =>
        linksOf(path, path.endsWith('.map') ? '' : textOf(path))
          .filter((target) => !leads(path, target))
          .map((target) => `${path}: ${target}`),
      );
      expect(broken).toEqual([]);
      expect(
        files.filter((path) => /^schemas\/.*\.schema\.json$/.test(path)).length,
      ).toBeGreaterThan(2);
    });

    it('each module once, compiled, and few enough of them', () => {
      const unpacked = files.reduce((sum, path) => sum + statSync(join(home, path)).size, 0);
      const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
      process.stderr.write(
        `package: ${megabytes(tarballBytes)} packed, ${megabytes(unpacked)} in ${files.length} files\n`,
      );
      expect(files.length).toBeLessThanOrEqual(FILES_MAX);
      expect(tarballBytes).toBeLessThan(PACKED_MAX_BYTES);
      expect(unpacked).toBeLessThan(UNPACKED_MAX_BYTES);
      const sources = files.filter((path) => /(?<!\.d)\.ts$|\.map$/.test(path));
      expect(sources).toEqual(['index.ts']);
    });
  });

  describe('offers', () => {
    it('its commands to npx, and their help', async () => {
      const { code, stdout } = await run(folder, 'npx', '--no-install', 'orrery', '--help');
      expect(code).toBe(0);
      expect(stdout).toContain('npx orrery scenario hello.yaml');
      for (const name of ['scenario', 'live', 'sweep', 'compare', 'verify', 'completion']) {
        expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      }
      expect(stdout).not.toContain('requirements');
    });

    it('the first verdict, with the result that the sources give', async () => {
      const { code, stdout } = await orrery('scenario', 'hello.yaml');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^PASS {2}hello/);
      const report = reportOf('hello/1');
      const registry = new ProtocolRegistry();
      const { scenario } = await openScenario('hello.yaml', {}, registry);
      expect(report.fingerprint).toBe(runSeed({ scenario, registry, seed: 1 }).fingerprint);
      expect(report.reproduce).toBe('npx orrery scenario hello.yaml');
      expect(report.environment.commit).toBe(textOf('dist/lib/commit').trim());
      expect(existsSync(join(folder, 'runs/hello/1/report.html'))).toBe(true);
    });

    it('live runs where only 127.0.0.1 exists', async () => {
      const { code, stdout } = await orrery('live', 'hello.yaml', '-q', ...portsFrom(0), ...QUICK);
      expect([code, stdout.slice(0, 11)]).toEqual([0, 'PASS  hello']);
    });

    it('comparison, sweeps, theory, and the proof of determinism', async () => {
      write(folder, 'sweep.yaml', SWEEP);
      const [sweep, ...ended] = await Promise.all([
        orrery('sweep', 'sweep.yaml', '--json'),
        orrery('compare', 'runs/hello/1', 'runs/hello/1'),
        orrery('verify', '--only', '1'),
        orrery('scenario', 'hello.yaml', '--check-determinism', '--set', 'duration=2s'),
      ]);
      expect([sweep, ...ended].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
      expect((JSON.parse(sweep.stdout) as { rows: unknown[] }).rows).toHaveLength(2);
    });

    it('a start from one file, with compiled code beside it', async () => {
      await orrery('--version');
      const store = join(folder, 'node_modules/.cache/orrery/start');
      const [key = '', ...others] = readdirSync(store);
      expect(others).toEqual([]);
      const prepared = readdirSync(join(store, key));
      for (const name of ['front', 'command', 'run-worker']) {
        expect(prepared).toEqual(expect.arrayContaining([`${name}.cache`]));
      }
      // Without the bundled start, the output is the same.
      const { stdout } = await orrery('scenario', 'hello.yaml', '-q');
      const modules = join(home, 'dist/lib/cli/main.js');
      const slow = await run(folder, process.execPath, modules, 'scenario', 'hello.yaml', '-q');
      expect(slow.stdout).toBe(stdout);
    });

    it.runIf(process.platform === 'linux')('agents that start from it', async () => {
      write(folder, 'agents.yaml', pingsFile('agents'));
      const agents = await orrery('live', 'agents.yaml', '--processes', '-q');
      expect([agents.code, agents.stdout.slice(0, 12)]).toEqual([0, 'PASS  agents']);
      const store = join(folder, 'node_modules/.cache/orrery/start');
      const prepared = readdirSync(store).flatMap((key) => readdirSync(join(store, key)));
      expect(prepared).toContain('agent.cache');
    });

    it('mistakes told with the commands that there are', async () => {
      const [{ code, stderr }, unknown] = await Promise.all([
        orrery('scenario', 'hello.yaml', '--seeds', '3O'),
        orrery('requirements'),
      ]);
      expect([code, unknown.code]).toEqual([2, 2]);
      expect(stderr).toContain('npx orrery scenario hello.yaml --seeds 3O');
    });

    it('completion for bash and zsh, with the names of its scenarios', async () => {
      const scripts = await Promise.all(
        ['bash', 'zsh'].map((shell) => orrery('completion', shell)),
      );
      expect(scripts.map(({ code }) => code)).toEqual([0, 0]);
      for (const { stdout } of scripts) expect(stdout).toContain('failover.yaml');
    });
  });

  describe('in a folder that npm init made', () => {
    const home = installAsTold(packedIn, tarball);
    const programs = nodePrograms(packedIn, [22, 24]);
    for (const [path, text] of shownFiles('docs/how-to/package.md')) write(home, path, text);
    const orreryIn = join(home, 'node_modules/orrery', manifest.bin['orrery'] ?? '');

    const named = programs.map((path) => [/node-(\d+)/.exec(path)?.[1] ?? process.version, path]);
    it.each(named)('Node %s refused TypeScript below "type": "commonjs"', async (_, node = '') => {
      const { code, stdout, stderr } = await run(
        home,
        node,
        orreryIn,
        'scenario',
        'my-scenario.yaml',
        '-q',
      );
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^PASS {2}my-scenario/);
      // Node 20 does not read TypeScript.
      const words = node === process.execPath ? [node, '--import', 'tsx'] : [node];
      const [program = node, ...flags] = words;
      const library = await run(home, program, ...flags, 'lib.mts');
      expect([library.code, library.stderr]).toEqual([0, '']);
      expect(library.stdout).toMatch(/^PASS {2}hello/);
    });
  });

  describe('as a library', () => {
    const examples = examplesOf('index.ts');
    const shown = shownFiles('docs/how-to/package.md');

    beforeAll(async () => {
      for (const [name, code] of examples) write(folder, `examples/${name}.ts`, code);
      for (const [path, text] of shown) write(folder, path, text);
      write(folder, 'tsconfig.json', JSON.stringify(TSCONFIG));
      const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { code, stdout } = await run(folder, process.execPath, compiler, '-p', '.');
      expect([code, stdout]).toEqual([0, '']);
    });

    it('R-167: has types, and an example for every call that it exports', () => {
      const exported = [...readFileSync(join(ROOT, 'index.ts'), 'utf8').matchAll(CALL)];
      expect(examples.map(([name]) => name)).toEqual(exported.map(([, name]) => name));
      expect(examples.length).toBeGreaterThan(4);
    });

    it.concurrent.each(examples)('R-167: runs the example of %s', async (name) => {
      const { code, stdout, stderr } = await run(
        folder,
        process.execPath,
        `built/examples/${name}.js`,
      );
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toBe('');
    });

    it('refuses what is not part of it', async () => {
      write(folder, 'inside.js', `await import('orrery/dist/lib/engine/core/assert.js');\n`);
      const { code, stderr } = await run(folder, process.execPath, 'inside.js');
      expect(code).toBe(1);
      expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    });

    it('runs a protocol from outside, TypeScript and built, in both worlds alike', async () => {
      const [, scenario = ''] = shown.find(([path]) => path === 'my-scenario.yaml') ?? [];
      const built = scenario
        .replace('name: my-scenario', 'name: built')
        .replace('./my-protocol/index.ts', './built/my-protocol/index.js');
      write(folder, 'built.yaml', built);
      expect(built).toContain('index.js');
      const names = ['my-scenario', 'built'];
      const sim = await Promise.all(names.map((name) => orrery('scenario', `${name}.yaml`, '-q')));
      expect(sim.map(({ stdout }) => stdout.slice(0, 4))).toEqual(['PASS', 'PASS']);
      const [first, second] = ['my-scenario/1', 'built/1'].map(reportOf);
      expect(first?.fingerprint).toBe(second?.fingerprint);
      expect(first?.metrics['courier.sent']?.count).toBe(PACKETS);
      const live = await Promise.all(
        names.map((name, index) => orrery('live', `${name}.yaml`, '-q', ...portsFrom(index))),
      );
      expect(live.map(({ stdout }) => stdout.slice(0, 4))).toEqual(['PASS', 'PASS']);
      for (const name of names) {
        expect(reportOf(`${name}/1`).metrics['courier.sent']?.count).toBe(PACKETS);
      }
    });
  });
});

const QUICK = [
  '--set',
  'duration=1500ms',
  '--set',
  'warmup=300ms',
  '--set',
  'kpis.ping.rtt.p95=<= 1s',
];
/** 100 a second for 2 s; the packet due exactly at the end is not sent. */
const PACKETS = 199;
const CALL = /^export (?:async )?function (\w+)/gm;
const SWEEP = `name: sweep
question: Does the delay of the link show?
topology: two-nodes.yaml
duration: 1s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 90%" } }
sweep: { topology.links.0.delay: [1ms, 2ms] }
`;
const TSCONFIG = {
  compilerOptions: {
    ...{ target: 'es2023', module: 'nodenext', strict: true, exactOptionalPropertyTypes: true },
    ...{ noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, skipLibCheck: false },
    ...{ outDir: 'built', rootDir: '.', types: ['node'] },
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: ['examples', 'my-protocol', 'lib.mts'],
};

function parents(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** The relative links of a document, and the schema that a YAML file names. */
function linksOf(path: string, text: string): readonly string[] {
  const pattern = path.endsWith('.md')
    ? /\]\(([^)\s]+)\)/g
    : /^# yaml-language-server: \$schema=(\S+)/gm;
  if (!/\.(md|ya?ml)$/.test(path)) return [];
  return [...text.matchAll(pattern)]
    .map(([, target = '']) => target)
    .filter((target) => !/^([a-z]+:|#)/.test(target));
}
