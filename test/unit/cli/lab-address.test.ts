/** The addresses at which the Lab runs what a report or a shrunk file says. @module */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { labAddress, labAddressOfRun } from '../../../cli/lab-address.ts';
import { type LabLink, readLabLink } from '../../../lab/link/lab-link.ts';
import { renderHtml } from '../../../reports/html/html.ts';
import { judgeRun } from '../../../reports/judge.ts';
import { seedsInNetworks } from '../../../runner/run/planned-runs.ts';
import { repeatCommand } from '../../../scenarios/repeat-command.ts';
import { ROOT } from '../../architecture/files.ts';
import { orreryHere } from '../../command-here.ts';
import { runInput } from '../reports/fixture.ts';

const NONE = { seeds: null, set: [] };
const PLAIN = { ...NONE, read: [] };
const shipped = (path: string): readonly [string, string] => [
  join(ROOT, path),
  readFileSync(join(ROOT, path), 'utf8'),
];
const report = judgeRun(runInput({ seeds: 2, slowdown: 1 }));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-lab-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  delete process.env['ORRERY_LAB'];
});

async function linkOf(address: string | undefined): Promise<LabLink> {
  const read = await readLabLink(/#page=lab&lab=(.*)$/.exec(address ?? '')?.[1] ?? '');
  if (read.kind !== 'link') throw new Error(read.text);
  return read.link;
}

it('leave out shipped files, and hold those that were changed or are of the user', async () => {
  const topology = shipped('topologies/two-nodes.yaml');
  const [hello, text] = shipped('scenarios/hello.yaml');
  const plain = await linkOf(await labAddress(hello, [[hello, text], topology], PLAIN));
  expect(plain).toEqual({ files: new Map(), scenario: 'hello.yaml', ...NONE });
  const mine = [['elsewhere/mine.yaml', text], topology] as const;
  const { files, scenario } = await linkOf(await labAddress('elsewhere/mine.yaml', mine, PLAIN));
  expect([scenario, [...files.keys()]]).toEqual(['mine.yaml', ['mine.yaml']]);
  const changed = [[hello, `${text}#`] as const];
  expect((await linkOf(await labAddress(hello, changed, PLAIN))).files.size).toBe(1);
});

it('keep the folder in which a topology of the user stands, or are not given where a link has no such place', async () => {
  const addressOf = (topology: string): Promise<string | undefined> => {
    const copies = [
      ['a/mine.yaml', 'topology: x'],
      [topology, 'name: x'],
    ] as const;
    return labAddress('a/mine.yaml', copies, PLAIN);
  };
  const { files } = await linkOf(await addressOf('a/nets/x.yaml'));
  expect([...files.keys()].sort()).toEqual(['mine.yaml', 'nets/x.yaml']);
  expect(await addressOf('nets/x.yaml')).toBeUndefined();
  expect(await addressOf('a/topologies/x.yaml')).toBeUndefined();
});

it('hold a file that is new in the folder of shipped ones', async () => {
  const path = join(ROOT, 'scenarios/new-here.txt');
  writeFileSync(path, 'name: new');
  try {
    const { files } = await linkOf(await labAddress(path, [[path, 'name: new']], PLAIN));
    expect([...files.keys()]).toEqual(['new-here.txt']);
  } finally {
    rmSync(path);
  }
});

it('are not given for a scenario or topology that names code, in words other than those of a comment', async () => {
  const addressOf = (text: string): Promise<string | undefined> =>
    labAddress('a/mine.yaml', [['a/mine.yaml', text]], PLAIN);
  expect(await addressOf('nodes: [{ name: a, run: ./mine.ts }]')).toBeUndefined();
  expect(await addressOf('name: a # as mine.ts')).toBeDefined();
});

it('begin with the page of npm run viz, or with the one that ORRERY_LAB names', async () => {
  const hello = shipped('scenarios/hello.yaml');
  expect(await labAddress(hello[0], [hello], PLAIN)).toMatch(/^http:\/\/127\.0\.0\.1:7470\/lab\/#/);
  process.env['ORRERY_LAB'] = 'https://example.org/lab/';
  expect(await labAddress(hello[0], [hello], PLAIN)).toMatch(/^https:\/\/example\.org\/lab\/#/);
});

it('are not given where a file is missing, is code, or is too long', async () => {
  const hello = shipped('scenarios/hello.yaml');
  expect(await labAddress('gone.yaml', [hello], PLAIN)).toBeUndefined();
  expect(await labAddress('a.ts', [['a.ts', '']], PLAIN)).toBeUndefined();
  const long = [['a.yaml', randomBytes(30_000).toString('base64')]] as const;
  expect((await labAddress('a.yaml', long, PLAIN)) === undefined).toBe(true);
});

it('are not given where the Lab would have other files, or values in pieces', async () => {
  const hello = shipped('scenarios/hello.yaml');
  const addressOf = async (more: object): Promise<boolean> =>
    (await labAddress(hello[0], [hello], { ...PLAIN, ...more })) !== undefined;
  const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
  const office = readFileSync(join(ROOT, 'scenarios/office.pcapng'));
  expect(await addressOf({ read: [sha256(office)] })).toBe(true);
  expect(await addressOf({ read: [sha256(office), sha256('a plan of the user')] })).toBe(false);
  expect(await addressOf({ set: ['a=1'] })).toBe(true);
  expect(await addressOf({ set: ['events=\n- at: 1s'] })).toBe(false);
  expect(await addressOf({ set: ['a=1 '] })).toBe(false);
});

describe('a run', () => {
  const copies = [
    [report.scenario.file, 'name: a'],
    [report.scenario.topologyFile, 'name: b'],
  ] as const;

  it('has no address without its topology, or if it read a capture or profile of the user', async () => {
    expect(await labAddressOfRun(report, copies.slice(0, 1))).toBeUndefined();
    expect(await labAddressOfRun({ ...report, cpuProfileSha256: 'a' }, copies)).toBeUndefined();
    const scenario = { ...report.scenario, data: ['a'] };
    expect(await labAddressOfRun({ ...report, scenario }, copies)).toBeUndefined();
  });

  it('says its seeds and changed values', async () => {
    const changed = { ...report, overrides: { 'traffic.0.rate': '5/s' } };
    const link = await linkOf(await labAddressOfRun(changed, copies));
    expect(link).toMatchObject({ seeds: report.seeds, set: ['traffic.0.rate=5/s'] });
  });

  it('has the seeds of the file, if it ran all of them and was asked for no others', async () => {
    const reproduce = repeatCommand('scenario', report.scenario.file, {});
    const plain = { ...report, reproduce };
    expect((await linkOf(await labAddressOfRun(plain, copies))).seeds).toBeNull();
    const cut = { ...plain, ending: 'interrupted' } as const;
    expect((await linkOf(await labAddressOfRun(cut, copies))).seeds).toEqual(report.seeds);
  });

  it('on some networks says these and the seeds of each, or has no address if they differ', async () => {
    const onNetworks = async (networks: number[], seeds: number[]): Promise<unknown> => {
      const address = await labAddressOfRun({ ...report, networks, seeds }, copies);
      if (address === undefined) return undefined;
      const link = await linkOf(address);
      const set = Object.fromEntries(link.set.map((one) => one.split('=')));
      expect(set['networks']).toBe(`[${networks.join()}]`);
      return seedsInNetworks({ seeds: [], networks }, link.seeds ?? []);
    };
    expect(await onNetworks([1, 3], [1, 2, 20_001, 20_002])).toEqual([1, 2, 20_001, 20_002]);
    expect(await onNetworks([2], [10_001])).toEqual([10_001]);
    expect(await onNetworks([1, 2], [1, 2, 10_001])).toBeUndefined();
  });

  it('in real time, or one that somebody disturbed, has no address', async () => {
    expect(await labAddressOfRun({ ...report, mode: 'live' }, copies)).toBeUndefined();
    const interactive = { faults: 1, file: 'interactive.yaml' };
    expect(await labAddressOfRun({ ...report, interactive }, copies)).toBeUndefined();
  });

  it('has the address in its report.html, as text that cannot become markup', () => {
    const html = renderHtml(report, { lab: 'http://a/"><b>' });
    expect(html).toContain('<a href="http://a/&quot;&gt;&lt;b&gt;">Open in the Lab</a>');
    expect(renderHtml(report)).not.toContain('Open in the Lab');
  });

  it('writes it into the report.html of its folder', async () => {
    const text = readFileSync(join(ROOT, 'scenarios/hello.yaml'), 'utf8');
    writeFileSync(join(folder, 'mine.yaml'), text.replace('10s', '2s'));
    await orreryHere(folder, ['scenario', 'mine.yaml', '--seed', '3', '--no-trace']);
    const html = readFileSync(join(folder, 'runs/hello/3/report.html'), 'utf8');
    const { scenario, seeds, files } = await linkOf(
      /href="([^"]*#page=lab[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&'),
    );
    expect([scenario, seeds, [...files.keys()]]).toEqual(['mine.yaml', [3], ['mine.yaml']]);
  });
});
