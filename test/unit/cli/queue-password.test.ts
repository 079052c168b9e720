/** Passwords of `--queue`: messages repeat the command, and never the password. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hidePasswords } from '../../../cli/hide-passwords.ts';
import { orreryHere } from '../../command-here.ts';

const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
sweep: { traffic.0.rate: [100/s, 200/s] }
`;
const SECRET = 'pwSECRET';
const REDIS = `redis://:${SECRET}@127.0.0.1:1`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-password-'));
  writeFileSync(join(folder, 'small.yaml'), SWEEP);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const orrery = async (
  ...words: readonly string[]
): Promise<{ status: number | undefined; text: string }> => {
  const { status, stdout, stderr } = await orreryHere(folder, words);
  return { status, text: `${stdout}${stderr}` };
};

describe('a mistake beside --queue printed the command with the password', () => {
  it.each<[string, readonly string[], string]>([
    ['shard', ['sweep', 'small.yaml', '--queue', REDIS, '--shard', '9/1'], 'part i of n'],
    ['recording', ['scenario', 'hello.yaml', '--queue', REDIS, '--pcap'], 'no recordings'],
    ['number', ['worker', '--queue', REDIS, '--threads', '0'], 'out of range'],
    ['scheme', ['worker', '--queue', `http://:${SECRET}@h`], 'no address of a queue'],
    ['scheme with =', ['worker', `--queue=http://:${SECRET}@h`], 'no address of a queue'],
    ['slash', ['worker', '--queue', `redis:/:${SECRET}@h`], 'no address of a queue'],
    ['missing scheme', ['fleet', '--queue', `:${SECRET}@h`], 'no address of a queue'],
    ['percent', ['worker', '--queue', `redis://:100%${SECRET}@h`], 'no address of a queue'],
    ['percent of PostgreSQL', ['worker', '--queue', `postgres://me:%${SECRET}@h/db`], '%25'],
    ['open slash', ['worker', '--queue', `redis://me:1/${SECRET}@h`], '%2F'],
    ['open hash', ['worker', '--queue', `redis://me:1#${SECRET}@h`], '%23'],
    ['open at', ['worker', '--queue', `redis://:a@${SECRET}@h`, '--threads', '0'], 'range'],
    [
      'parameter',
      ['worker', '--queue', `postgres://h/db?user=me&password=${SECRET}`, '--threads', '0'],
      'out of range',
    ],
    ['name', ['fleet', `--queues=${REDIS}`], "unknown option '--queues=redis://***@127.0.0.1:1'"],
    ['command', [REDIS], 'unknown command'],
    ['file', ['sweep', REDIS], 'not found'],
    ['choice', ['scenario', 'hello.yaml', `--trace=${REDIS}`], 'is invalid'],
    ['number before it', ['worker', '--threads', REDIS], 'is not a whole number'],
  ])('%s', async (_what, words, why) => {
    const { status, text } = await orrery(...words);
    expect(status, text).toBe(2);
    expect(text).toContain(why);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain('bug in orrery');
  });

  it('an error as JSON has it in no field', async () => {
    const { status, text } = await orrery('sweep', REDIS, '--json');
    expect(status, text).toBe(2);
    expect(text).toContain('"errors"');
    expect(text).not.toContain(SECRET);
  });
});

it('the caret stays under the word after an address', async () => {
  const { text } = await orrery('worker', '--queue', REDIS, '--threads', '0');
  const [, command = '', caret = ''] = text.split('\n');
  expect(command).toContain('--queue redis://***@127.0.0.1:1 --threads 0');
  expect(caret.indexOf('^')).toBe(command.lastIndexOf('0'));
});

it.each([
  [['--set', 'topology.file=a/b@c', 'x'], '--set topology.file=a/b@c x'],
  [['--queue', 'redis://host:1/0'], '--queue redis://host:1/0'],
  [['--quiet', 'hello.yaml'], '--quiet hello.yaml'],
  [['--queue', 'redis://u:p@host:1/0'], '--queue redis://***@host:1/0'],
  [['--queue', 'redis://h/?PASSWORD=a b&c'], '--queue redis://h/?PASSWORD=***'],
])('%j is shown as %s', (words, shown) => {
  expect(hidePasswords(words.join(' '), words)).toBe(shown);
});

it('every internal error printed the command with the password', () => {
  const code = `
    const { printFirstProblem } = await import(${JSON.stringify(join(process.cwd(), 'cli/exit.ts'))});
    process.argv = ['node', 'orrery', 'worker', '--queue', '${REDIS}', '--debug'];
    process.exit(printFirstProblem(new Error('it broke over ${REDIS}'), false));`;
  const words = ['--import', 'tsx', '--input-type=module', '-e', code];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status, stderr).toBe(3);
  expect(stderr).toContain('bug in orrery: it broke over redis://***@127.0.0.1:1');
  expect(stderr).toContain('command: worker --queue redis://***@127.0.0.1:1 --debug');
  expect(stderr).not.toContain(SECRET);
});
