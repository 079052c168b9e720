/** The commands of docs/how-to/vault.md: three replicas in real time, an operator and the example of a client. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../tools/free-port.ts';
import { cleanUp, folder, orrery } from './support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLIENT = 'test/fixtures/vault-client/client.mjs';
const LINES_MAX = 30;
const PATIENCE = { timeout: 20_000, interval: 100 };
const run = promisify(execFile);

afterAll(cleanUp);

describe('the example of a client of a vault', () => {
  it('is shown on its page as it is run, in at most 30 lines', () => {
    const text = readFileSync(join(ROOT, CLIENT), 'utf8');
    const guide = readFileSync(join(ROOT, 'docs/how-to/vault.md'), 'utf8');
    expect(guide).toContain(`<!-- ${CLIENT} -->\n\`\`\`js\n${text}\`\`\``);
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  });

  it('shares a list among replicas; an operator writes, reads and erases', async () => {
    const port = String(await freePort());
    const words = ['--operator-port', port, '--set', 'duration=1min'];
    const out = join(folder, 'vault');
    const live = orrery('live', 'vault-hello.yaml', ...words, '--out', out, '--no-trace');
    const client = async (...words: readonly string[]): Promise<string> =>
      (await run('node', [CLIENT, `127.0.0.1:${port}`, ...words], { cwd: ROOT })).stdout;
    const ask = async (...words: readonly string[]): Promise<string> =>
      (await run('node', ['cli/start.mjs', 'ask', ...words, '--port', port], { cwd: ROOT })).stdout;
    await vi.waitFor(async () => expect(await client('ada')).toBe(''), PATIENCE);
    await client('ada', 'add', 'milk');
    await client('bert', 'add', 'bread');
    await vi.waitFor(async () => expect(await client('cleo')).toBe('bread\nmilk\n'), PATIENCE);
    await client('cleo', 'remove', 'milk');
    await vi.waitFor(async () => expect(await client('ada')).toBe('bread\n'), PATIENCE);
    await ask('put', 'note', '--body', 'hello', '--node', 'ada');
    const get = ['get', 'note', '--node', 'bert'] as const;
    await vi.waitFor(async () => expect(await ask(...get)).toContain('hello'), PATIENCE);
    await ask('erase', 'note', '--node', 'bert');
    await expect(ask(...get)).rejects.toThrow();
    live.child.kill('SIGINT');
    await live.ended;
  }, 60_000);
});
