/** What a job can make a worker of a fleet open and load: files of its own folder that the job names, no others. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../scenarios/folders.ts';
import { nodeFiles } from '../../../../scenarios/open/node-files.ts';
import { hashOfFile } from '../../../../scenarios/open/run-files.ts';
import { blindJob, honestJob, startWorker, type TestWorker } from './fake-queue.ts';

const SMALL = `name: small
topology: two-nodes.yaml
duration: 100ms
warmup: 10ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 1%" } }
`;
const ROUNDS = JSON.stringify(join(PROJECT_ROOT, 'test/fixtures/rounds/index.ts'));
const PING = JSON.stringify(join(PROJECT_ROOT, 'nodes/ping/index.ts'));
/** A module that leaves a mark when it is loaded. */
const marking = (name: string, more = ''): string => `import { writeFileSync } from 'node:fs';
import { protocol as ping } from ${PING};
import { protocol as rounds } from ${ROUNDS};
writeFileSync(${JSON.stringify(join(root, `loaded-${name}`))}, '');
export const protocol = { ...ping, name: '${name}'${more} };
`;

let root = '';
let worker: TestWorker;
const before = process.cwd();
const write = (file: string, text: string): void => writeFileSync(join(root, 'worker', file), text);
const isLoaded = (name: string): boolean => existsSync(join(root, `loaded-${name}`));

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'orrery-own-files-'));
  for (const folder of ['worker', 'outside']) mkdirSync(join(root, folder));
  process.chdir(join(root, 'worker'));
  write('small.yaml', SMALL);
  worker = await startWorker(1);
});
afterAll(async () => {
  await worker.close();
  process.chdir(before);
  rmSync(root, { recursive: true });
});

it('runs an honest job', async () => {
  expect(await worker.answer(await honestJob('small.yaml'))).toMatch(/^result [0-9a-f]+/);
});

describe('a module outside the folder', () => {
  beforeAll(() => {
    writeFileSync(join(root, 'outside/evil.mjs'), marking('evil'));
    write(
      'mod.yaml',
      'name: mod\ntopology: { name: x, nodes: [{ name: a, run: ../outside/evil.mjs }] }\nduration: 1s\n',
    );
  });

  it('was loaded without a check by a job that runs another one in its place', async () => {
    const parameters = { 'topology.nodes.0.run': 'ping' };
    await worker.answer(blindJob({ file: 'mod.yaml', parameters }));
    await worker.answer(await honestJob('mod.yaml', parameters));
    expect(isLoaded('evil')).toBe(false);
  });

  it('is refused by a job that knows the scenario, and that of a link as well', async () => {
    const { files } = await honestJob('mod.yaml', { 'topology.nodes.0.run': 'ping' });
    const straight = await worker.answer(blindJob({ file: 'mod.yaml', files }));
    expect(straight).toContain('outside/evil.mjs is outside the folder of this worker');
    symlinkSync('../outside/evil.mjs', join(root, 'worker/link.mjs'));
    const parameters = { 'topology.nodes.0.run': './link.mjs' };
    const linked = await worker.answer(blindJob({ file: 'mod.yaml', files, parameters }));
    expect(linked).toContain('link.mjs is outside the folder of this worker');
    expect(isLoaded('evil')).toBe(false);
  });
});

describe('a module whose hash the job does not name', () => {
  it('is not loaded if the generator of another one brings it', async () => {
    write('extra.mjs', marking('extra'));
    const plain = `[{
      ...rounds.generators[0],
      generate: (...words) => {
        const made = rounds.generators[0].generate(...words);
        return { ...made, nodes: made.nodes.map(({ options, ...node }) => node) };
      },
    }]`;
    write('maker.mjs', marking('maker', `, generators: ${plain}`));
    const topology = (run: string): string =>
      `{ name: x, defaults: { node: { run: ${run} } }, generate: { kind: rounds, run: ./maker.mjs, towns: 3, villages: 2 } }`;
    const scenario = `name: made\ntopology: ${topology('./extra.mjs')}\nduration: 1s\n`;
    write('made.yaml', scenario);
    const parameters = { 'topology.defaults.node.run': 'ping' };
    // Without a node that runs it, the module of the generator is a file of the run all the same.
    const { files } = await honestJob('made.yaml', parameters);
    expect(Object.keys(files)).toEqual(['scenario', 'topology', 'module 0']);
    expect(isLoaded('maker')).toBe(true);
    const answer = await worker.answer(blindJob({ file: 'made.yaml', files }));
    expect(answer).toContain('extra.mjs is not the file of the job');
    expect(isLoaded('extra')).toBe(false);
  });

  it('was looked at before the scenario was compared', async () => {
    write('other.mjs', marking('other'));
    write(
      'two.yaml',
      'name: two\ntopology: { name: x, nodes: [{ name: a, run: ./other.mjs }] }\nduration: 1s\n',
    );
    const { files } = await honestJob('small.yaml');
    const { files: own } = await honestJob('two.yaml', { 'topology.nodes.0.run': 'ping' });
    const lie = {
      ...own,
      scenario: files['scenario'] ?? '',
      'module 0': hashOfFile('other.mjs', nodeFiles),
    };
    const answer = await worker.answer(blindJob({ file: 'two.yaml', files: lie }));
    expect(answer).toContain('two.yaml or a file that it names differs from that of the job');
    expect(isLoaded('other')).toBe(false);
  });
});

describe('a script of the folder that the scenario does not name', () => {
  const RUN = 'topology.nodes.0.run';
  beforeAll(() => {
    write('script.mjs', "throw new Error('the script ran');\n");
    for (const name of ['mine', 'other']) write(`${name}.mjs`, marking(name));
    const topology = '{ name: x, nodes: [{ name: a, run: ./mine.mjs }] }';
    const text = `name: swept\ntopology: ${topology}\nduration: 100ms\nwarmup: 10ms\n`;
    write('swept.yaml', `${text}sweep: { ${RUN}: [./mine.mjs, ./other.mjs] }\n`);
    write('named.yaml', 'name: x\nnodes: [{ name: a, run: ./script.mjs }]\n');
  });

  it.each([
    ['a value', { [RUN]: './script.mjs' }],
    ['a value below a new key', { stack: '[{ on: a, run: ./script.mjs }]' }],
    ['a topology of this folder', { topology: 'named.yaml' }],
    ['the sweep of the job', { [RUN]: './script.mjs', [`sweep.${RUN}`]: '[./script.mjs]' }],
  ])('was run by whoever knew its hash, by %s', async (_, parameters) => {
    const { files } = await honestJob('swept.yaml');
    const known = { ...files, 'module 1': hashOfFile('script.mjs', nodeFiles) };
    const answer = await worker.answer(blindJob({ file: 'swept.yaml', files: known, parameters }));
    expect(answer).toContain('script.mjs is no module that the scenario of the job names itself');
    expect(answer).not.toContain('the script ran');
  });

  it('is no module that the sweep of the scenario lists: that one runs', async () => {
    const answer = await worker.answer(await honestJob('swept.yaml', { [RUN]: './other.mjs' }));
    expect(answer).toMatch(/^result /);
  });

  it('is no module because a file of data has its hash', async () => {
    const { files } = await honestJob('swept.yaml');
    const lie = { scenario: files['scenario'] ?? '', 'data 0': hashOfFile('mine.mjs', nodeFiles) };
    const answer = await worker.answer(blindJob({ file: 'swept.yaml', files: lie }));
    expect(answer).toContain('mine.mjs is not the file of the job');
  });
});

describe('values of a job that keep the parser busy', () => {
  const many = (text: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`a.b${index}`, text]));

  it.each([
    ['1,000 of 4,000 brackets, which took 80 s', many('['.repeat(4_000)), /none of this version/],
    ['1,000 lists of 4,000 characters', many(`[${'a,'.repeat(2_000)}]`), /none of this version/],
    ['of 4,000 braces, which ended the process', { duration: '{'.repeat(4_000) }, /64 deep/],
    ['of maps as keys of maps, which never ended', { duration: '? '.repeat(2_000) }, /64 deep/],
    ['of maps as keys of maps', { duration: `${'? '.repeat(60)}a` }, /duration/],
  ])('are refused before they are parsed: %s', async (_, parameters, why) => {
    const { files } = await honestJob('small.yaml');
    const answer = await worker.answer(blindJob({ files, parameters }));
    expect(answer).toMatch(why);
  });
});

it('a run that does not end is ended by the limit of the worker, whatever its scenario says', async () => {
  const short = await startWorker(1, 300);
  const parameters = { duration: '100d', 'traffic.0.rate': '1/s', timeLimit: '100h' };
  const answer = await short.answer(await honestJob('small.yaml', parameters));
  expect(answer).toContain('a worker gives a run 0.3 s; orrery worker --time-limit gives more');
  expect(await short.answer(await honestJob('small.yaml'))).toMatch(/^result /);
  await short.close();
});

describe('a file that a link leads to, outside the folder', () => {
  beforeAll(() => {
    writeFileSync(join(root, 'outside/secret.yaml'), 'password: hunter2\n');
    writeFileSync(join(root, 'outside/trace.csv'), 'hunter2,2\n');
    writeFileSync(join(root, 'outside/profile.json'), '{ "password": "hunter2" }');
    for (const file of ['secret.yaml', 'trace.csv', 'profile.json']) {
      symlinkSync(`../outside/${file}`, join(root, 'worker', file));
    }
    symlinkSync('../outside', join(root, 'worker/linked'));
  });

  it.each([
    ['as a topology', { topology: 'secret.yaml' }],
    ['as a topology below a link', { topology: 'linked/secret.yaml' }],
    ['as a folder that is listed', { topology: './linked' }],
    ['as an import', { topology: '{ name: x, import: { scion: secret.yaml } }' }],
    ['as a trace', { 'traffic.0': '{ from: alice, to: bob, kind: trace, file: trace.csv }' }],
    ['as a profile', { cpu: 'calibrated', cpuProfile: 'profile.json' }],
  ])('was opened and quoted %s', async (_, parameters) => {
    const { files } = await honestJob('small.yaml');
    const answer = await worker.answer(blindJob({ files, parameters }));
    expect(answer).toMatch(/is outside the folders of this run|"\.\/linked" not found/);
    expect(answer).not.toMatch(/hunter2|password|profile\.json,|secret\.yaml,/);
  });

  it('was opened and quoted as a scenario', async () => {
    const files = { scenario: hashOfFile('secret.yaml', nodeFiles) };
    const answer = await worker.answer(blindJob({ file: 'secret.yaml', files }));
    expect(answer).toContain('"secret.yaml" is outside the folders of this run');
    expect(answer).not.toMatch(/hunter2|password/);
  });
});

describe('an answer in the queue', () => {
  it('has the place of a mistake, and no line of the file', async () => {
    write('keys.yaml', 'name: keys # hunter2\nlinks: hunter2: hunter2\n');
    const { files } = await honestJob('small.yaml');
    const parameters = { topology: './keys.yaml' };
    const answer = await worker.answer(blindJob({ files, parameters }));
    expect(answer).toMatch(/^keys\.yaml:2:\d+ /);
    expect(answer).not.toContain('hunter2');
  });

  it('has the place of a crash, and no line of the module', async () => {
    write(
      'crash.mjs',
      marking('crash', ", create() { throw new Error('it broke'); /* hunter2 */ }"),
    );
    const nodes = ['alice', 'bob'].map((name) => `{ name: ${name}, run: ./crash.mjs }`).join(', ');
    const topology = `{ name: x, nodes: [${nodes}], links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }] }`;
    const text = SMALL.replace('two-nodes.yaml', topology).replace('ping.', 'crash.');
    write('crash.yaml', text);
    const answer = await worker.answer(await honestJob('crash.yaml'));
    expect(answer).toMatch(/it broke.*crash\.mjs","line":5,"column":\d+/);
    expect(answer).not.toContain('hunter2');
  });
});
