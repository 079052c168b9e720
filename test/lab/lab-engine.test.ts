import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { carryOut, type LabContext } from '../../lab/run/lab-engine.ts';
import type { LabTask } from '../../lab/run/lab-task.ts';
import type { LabAnswer, LabDone } from '../../lab/run/messages.ts';
import { makeTabFiles } from '../../lab/run/tab-files.ts';
import { TabMachine } from '../../lab/run/tab-machine.ts';
import type { Report } from '../../reports/report-schema.ts';
import { repeatCommand } from '../../scenarios/repeat-command.ts';
import { memorySource } from '../../viz/format/source.ts';
import { openTrace } from '../../viz/format/trace-file.ts';
import { ROOT } from '../architecture/files.ts';

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ROOT, path)));
const encoder = new TextEncoder();
const CONTEXT: LabContext = {
  shipped: new Map([
    ['hello.yaml', bytesOf('scenarios/hello.yaml')],
    ['topologies/two-nodes.yaml', bytesOf('topologies/two-nodes.yaml')],
  ]),
  commit: 'abc',
  environment: { node: 'a browser', os: 'a system', cpu: '2 cores' },
};

function task(more: Partial<LabTask>): LabTask {
  return {
    ...{ files: new Map(), scenario: 'hello.yaml', seeds: null, set: [], traced: false },
    ...more,
  };
}

const plan = (more: Partial<LabTask>): Promise<LabAnswer> =>
  carryOut(CONTEXT, { kind: 'plan', task: task(more) }, () => undefined);

it('plans the seeds of the file, or those that are asked for', async () => {
  const run = (seed: number): object => ({ seed, isTwin: false, overrides: {} });
  expect(await plan({})).toEqual({ kind: 'planned', runs: [run(1)] });
  expect(await plan({ seeds: [7, 3] })).toEqual({ kind: 'planned', runs: [run(7), run(3)] });
});

it('shows mistakes of a topology in its own file, and of a value at its flag', async () => {
  const text = new TextDecoder().decode(CONTEXT.shipped.get('topologies/two-nodes.yaml'));
  const changed = encoder.encode(text.replace('10Mbit/s', '10'));
  const files = new Map([['topologies/two-nodes.yaml', changed]]);
  const place = { file: 'topologies/two-nodes.yaml', line: 11, column: 34, endColumn: 36 };
  expect(await plan({ files })).toMatchObject({ kind: 'problems', problems: [place] });
  expect(await plan({ set: ['duration=5'] })).toMatchObject({
    kind: 'problems',
    problems: [{ file: '--set', text: expect.stringContaining('duration: ') }],
  });
});

it('records a trace that the browser view reads', async () => {
  const planned = { seed: 1, isTwin: false, overrides: { duration: '3s' } };
  const order = {
    kind: 'run',
    task: task({ traced: true }),
    planned,
    recordBytesMax: 1e7,
  } as const;
  const answer = await carryOut(CONTEXT, order, () => undefined);
  const { trace, result } = answer.kind === 'ran' ? answer.done : expect.fail(answer.kind);
  const noGzip = (): never => expect.fail('a tab does not compress');
  const read = await openTrace(memorySource(trace ?? new Uint8Array(0)), noGzip);
  if ('kind' in read) expect.fail(JSON.stringify(read));
  expect(read.header).toMatchObject({ run: 'hello', seed: 1, extent: 'full' });
  expect(read.summary).toMatchObject({ fingerprint: result.fingerprint });
});

/** The command in the report of a task, without having run it for longer than 2 s of virtual time. */
async function reproduceOf(more: Partial<LabTask>): Promise<string> {
  const asked = task({ ...more, set: ['duration=2s', ...(more.set ?? [])] });
  const answer = await carryOut(CONTEXT, { kind: 'plan', task: asked }, () => undefined);
  const runs = answer.kind === 'planned' ? answer.runs : expect.fail(JSON.stringify(answer));
  const done: LabDone[] = [];
  for (const planned of runs) {
    const order = { kind: 'run', task: asked, planned, recordBytesMax: 0 } as const;
    const ran = await carryOut(CONTEXT, order, () => undefined);
    done.push(ran.kind === 'ran' ? ran.done : expect.fail(JSON.stringify(ran)));
  }
  const judged = await carryOut(
    CONTEXT,
    { kind: 'judge', task: asked, done, wallMs: 1 },
    () => undefined,
  );
  const text = judged.kind === 'judged' ? judged.verdict.report : expect.fail(judged.kind);
  return (JSON.parse(text) as Report).reproduce;
}

it.each([
  [{ seeds: null }, {}],
  [{ seeds: [7] }, { seed: 7 }],
  [{ seeds: [1, 2, 3] }, { seeds: 3 }],
  [
    { seeds: [4, 5], set: ['seeds=[4,5]'] },
    { seeds: 2, set: { seeds: '[4,5]' } },
  ],
  [{ seeds: null, set: ['traffic.0.rate= 5/s'] }, { set: { 'traffic.0.rate': ' 5/s' } }],
] as const)('names the command of %j as the command line does', async (more, flags) => {
  const set = { duration: '2s', ...('set' in flags && flags.set) };
  const own = repeatCommand('scenario', join(ROOT, 'scenarios/hello.yaml'), { ...flags, set });
  expect(await reproduceOf(more)).toBe(own);
});

it('sets the seeds in its command where no flag asks for them', async () => {
  const command = await reproduceOf({ seeds: [1, 2], set: ['seeds=[4,5]'] });
  expect(command.endsWith(` --set duration=2s --set 'seeds=[1,2]'`)).toBe(true);
});

it('names the command of files that are not shipped as in the folder of the download', async () => {
  const topology = new TextDecoder().decode(CONTEXT.shipped.get('topologies/two-nodes.yaml'));
  const files = new Map([
    ['my own.yaml', CONTEXT.shipped.get('hello.yaml') ?? new Uint8Array(0)],
    ['topologies/two-nodes.yaml', encoder.encode(`${topology}# mine`)],
  ]);
  const flags = `--set topology=./topologies/two-nodes.yaml --set duration=2s`;
  const command = await reproduceOf({ files, scenario: 'my own.yaml' });
  expect(command).toMatch(/ scenario '\.\/my own\.yaml' /);
  expect(command.endsWith(flags)).toBe(true);
});

it('names the command of runs on several networks, of which a seed asks for all', async () => {
  const defaults = '{ node: { run: ping }, link: { rate: 1Gbit/s, delay: 5ms } }';
  const generate = '{ kind: internet, nodes: 10, seed: 1 }';
  const drawn = `{ name: z, defaults: ${defaults}, generate: ${generate} }`;
  const hello = new TextDecoder().decode(CONTEXT.shipped.get('hello.yaml'));
  const text = hello
    .replace('topology: two-nodes.yaml', `topology: ${drawn}\nnetworks: 2`)
    .replaceAll('alice', 'node-1')
    .replaceAll('bob', 'node-2');
  const asked = { files: new Map([['n.yaml', encoder.encode(text)]]), scenario: 'n.yaml' };
  expect(await reproduceOf({ ...asked, seeds: [1] })).toContain('n.yaml -- --seeds 1 --set');
  expect(await reproduceOf({ ...asked, seeds: [7] })).toContain(
    `-- --set duration=2s --set 'seeds=[7]'`,
  );
  const one = { ...asked, seeds: [7], set: ['networks=[2]'] };
  expect(await reproduceOf(one)).toContain('n.yaml -- --seed 10007 --set');
});

it('names an unknown scenario, and what may be meant', async () => {
  expect(await plan({ scenario: 'helo.yaml' })).toMatchObject({
    kind: 'problems',
    problems: [
      { text: '"helo.yaml" not found in ./ or scenarios/', hint: 'did you mean hello.yaml?' },
    ],
  });
});

it('looks for files by the names of the task, and never outside', () => {
  const own = new Map([['../../etc/a.yaml', encoder.encode('a')]]);
  const files = makeTabFiles(own, CONTEXT.shipped);
  expect(files.namesIn('/scenarios')).toEqual(['hello.yaml']);
  expect(files.namesIn('/')).toEqual(['scenarios', 'topologies', 'etc']);
  expect(files.isFolder('/topologies')).toBe(true);
  expect(files.isFile('/etc/a.yaml')).toBe(true);
  expect(files.read('/topologies', () => undefined)).toBeUndefined();
  expect(() => files.read('/etc/passwd', () => undefined)).toThrow('there is no /etc/passwd');
});

it('removes a recording that becomes too long, and says so', () => {
  const machine = new TabMachine(makeTabFiles(new Map(), new Map()), 2_000_000);
  const file = machine.record('/trace.orr');
  const reused = new Uint8Array(1_000_000).fill(1);
  file.write(reused);
  reused.fill(2);
  file.write(reused);
  expect(file.warning()).toBeUndefined();
  expect(machine.recorded('/trace.orr')?.subarray(999_999, 1_000_001)).toEqual(Uint8Array.of(1, 2));
  file.write(Uint8Array.of(3));
  expect(machine.recorded('/trace.orr')).toBeNull();
  expect(file.warning()).toBe('trace.orr: a tab keeps at most 2 MB; the recording is removed');
});
