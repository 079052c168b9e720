/**
 * What a user sees when the machine causes a problem: one line that names the problem and the
 * place, exit code 2, and no half-written files. The command line runs as a process.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BULK_PORT } from '../../nodes/bulk/geometry.ts';
import { PING_PORT } from '../../nodes/ping/geometry.ts';
import { NO_SMALL_DISK, SmallDisk } from './small-disk.ts';
import { CommandLine, type Ended, hold } from './support.ts';

const SHORT = ['--set', 'duration=2s', '--set', 'warmup=0s'];

const orrery = new CommandLine();
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The lines of stderr, except those that show progress. */
const complaints = ({ err }: Ended): readonly string[] =>
  err.split('\n').filter((line) => line !== '' && !/ of \d+ s (wall )? /.test(line));

/** All files below a folder. */
const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

/** After a run that could not begin, a CI must see an error, and never a test that passed. */
function expectErrorsAlone(path: string, runs: number): void {
  const reports = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
  expect(reports.map(({ name }) => name)).toEqual(Array.from({ length: runs }, () => 'junit.xml'));
  for (const { text } of reports) expect(text).toMatch(/errors="1"[\s\S]*<error /);
}

const ELSEWHERE = '--out DIR names another folder';

describe('a folder that cannot be written to', () => {
  it('is refused before the run: a file in its place, and a system that makes no folders', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    const [first, second] = await Promise.all([
      orrery.run(['scenario', 'hello.yaml', '--out', file]),
      orrery.run(['live', 'hello.yaml', '--out', '/proc/orrery', '--json']),
    ]);
    const where = join(file, 'hello', '1');
    expect(complaints(first)).toEqual([
      `orrery: ${where}: a file is where a folder should be (ENOTDIR); ${ELSEWHERE}`,
    ]);
    expect([first.code, first.out]).toEqual([2, '']);
    const reason = 'it does not exist and cannot be created (ENOENT)';
    const message = `/proc/orrery/hello/1-live: ${reason}; ${ELSEWHERE}`;
    expect(JSON.parse(second.out)).toEqual({ errors: [{ message }] });
    expect([second.code, second.err]).toEqual([2, '']);
  });
});

describe.skipIf(NO_SMALL_DISK !== undefined)('a full disk', () => {
  it('costs the reports and not the verdict; none of them is half-written', async () => {
    const disk = new SmallDisk(join(folder, 'disk'), 'size=64k');
    try {
      const ended = await orrery.run(['scenario', 'hello.yaml', '--quiet', '--out', disk.path]);
      const report = join(disk.path, 'hello', '1', 'report.html');
      expect(complaints(ended)).toEqual([
        `orrery: ${report}: no space left on the device (ENOSPC); ` +
          'no report was written, the verdict is above',
      ]);
      expect(ended.out).toContain('PASS  hello');
      expect(ended.code).toBe(2);
      expect(filesBelow(disk.path)).toEqual(['trace.orr']);
    } finally {
      disk.remove();
    }
  });

  it('costs a trace and a capture that do not fit, and leaves whole reports', async () => {
    const disk = new SmallDisk(join(folder, 'disk'), 'size=300k');
    const words = ['--trace', 'full', '--pcap', '--out', disk.path];
    try {
      const ended = await orrery.run(['scenario', 'hello.yaml', ...words]);
      const lost = (name: string): string =>
        `orrery: ${join(disk.path, 'hello', '1', name)}: no space left on the device (ENOSPC); ` +
        'the recording is removed';
      expect(complaints(ended)).toContain(lost('trace.pcapng'));
      expect(ended.code).toBe(2);
      expect(ended.out).toContain('PASS  hello');
      const reports = ['junit.xml', 'metrics.prom', 'report.html', 'report.json', 'report.md'];
      expect(filesBelow(disk.path)).toEqual(expect.arrayContaining(reports));
      expect(filesBelow(disk.path)).not.toContain('trace.pcapng');
      expect(ended.out).toContain('trace.pcapng: no space left on the device');
    } finally {
      disk.remove();
    }
  });

  it('refuses a live run whose nodes have no room for their stores', async () => {
    const disk = new SmallDisk(join(folder, 'disk'), 'size=64k,nr_inodes=1');
    const env = { TMPDIR: disk.path };
    const words = [
      'live',
      'failover.yaml',
      ...SHORT,
      '--set',
      'events=[]',
      // Additional event loops start from a file of their own, which would not fit on the disk
      // either.
      '--loops',
      '1',
      '--out',
      join(folder, 'out'),
    ];
    try {
      const ended = await orrery.run(words, { env });
      expect(complaints(ended)).toEqual([
        // The folder of all stores, or the first file in it.
        expect.stringMatching(/^orrery: .*: no space left on the device/),
      ]);
      expect(ended.code).toBe(2);
      expectErrorsAlone(join(folder, 'out'), 1);
    } finally {
      disk.remove();
    }
  });
});

describe('a port that another program holds', () => {
  it('is one line with the node, for UDP, for TCP, and with a process for each node', async () => {
    // Addresses derived from the number of this process, because another live run may use those of
    // the file.
    const block = `127.${60 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
    const [bob, receiver] = [`${block}.12`, `${block}.14`];
    const own = (n: number): string[] => [
      ...['--set', `topology.nodes.0.address=${block}.${n + 1}`],
      ...['--set', `topology.nodes.1.address=${block}.${n + 2}`],
    ];
    const held = [await hold('udp', bob, PING_PORT), await hold('tcp', receiver, BULK_PORT)];
    const live = (...words: string[]): Promise<Ended> =>
      orrery.run(['live', ...words, ...SHORT, '--out', join(folder, 'out')]);
    try {
      const ends = [
        ...(await Promise.all([
          live('hello.yaml', ...own(10)),
          live('file-transfer.yaml', ...own(12)),
        ])),
        await live('hello.yaml', '--processes', ...own(10)),
      ];
      const words = 'another program holds it (EADDRINUSE)';
      expect(ends.map(complaints)).toEqual([
        [`orrery: bob: ${bob}:${PING_PORT}: ${words}`],
        [`orrery: receiver: TCP ${receiver}:${BULK_PORT}: ${words}`],
        [`orrery: bob: ${bob}:${PING_PORT}: ${words}`],
      ]);
      expect(ends.map(({ code, out }) => `${code}${out}`)).toEqual(['2', '2', '2']);
      // There is not even a trace, which could be incomplete.
      expectErrorsAlone(join(folder, 'out'), 3);
    } finally {
      for (const release of held) release();
    }
  });
});

describe('too many open files', () => {
  it('is one line as well when not even the program can be loaded', async () => {
    const ended = await orrery.runSource(['scenario', '--help'], { files: 40 });
    expect(complaints(ended)).toEqual([expect.stringMatching(/^orrery: .*open files/)]);
    expect([ended.code, ended.out]).toEqual([2, '']);
  });

  it('is one line with the node that got no socket', async () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    const words = ['live', 'failover.yaml', ...SHORT, '--set', 'events=[]', '--out', out];
    const ended = await orrery.run(words, { files: 40 });
    expect(complaints(ended)).toEqual([
      expect.stringMatching(/^orrery: [\w-]+: 127[.\d]+:\d+: too many open files in this process/),
    ]);
    expect(ended.code).toBe(2);
    expectErrorsAlone(out, 1);
  });
});
