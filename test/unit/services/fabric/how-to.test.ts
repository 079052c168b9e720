/**
 * The client of docs/how-to/fabric-service.md, run as the page shows it, at the face of a fake node.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FabricOutcome } from '../../../../services/fabric/index.ts';
import { idOf, type Served, serveFake } from './fake-node.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const FIXTURE = 'test/fixtures/fabric-client';
const LINES_MAX = 30;
const guide = readFileSync(`${root}docs/how-to/fabric-service.md`, 'utf8');
const children: ChildProcess[] = [];
const open: Served[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const served of open.splice(0)) await served.end();
});

describe('the example of a client', () => {
  it('is shown on its page as it is run, in at most 30 lines', () => {
    for (const [name, language] of [
      ['pair.yaml', 'yaml'],
      ['exchange.yaml', 'yaml'],
      ['deployment.yaml', 'yaml'],
      ['client.mjs', 'js'],
    ] as const) {
      const text = readFileSync(`${root}${FIXTURE}/${name}`, 'utf8');
      expect(guide).toContain(`<!-- ${FIXTURE}/${name} -->\n\`\`\`${language}\n${text}\`\`\``);
    }
    const client = readFileSync(`${root}${FIXTURE}/client.mjs`, 'utf8');
    expect(client.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES_MAX);
  });

  it('shows messages, answers calls, sends and calls', async () => {
    const served = await serveFake();
    open.push(served);
    const { node, server, tokenFile } = served;
    node.answer = ({ kind }): Promise<FabricOutcome> => {
      const body = Buffer.from('fine');
      return Promise.resolve(kind === 'call' ? { outcome: 'ok', body } : { outcome: 'ok' });
    };
    const words = [`${FIXTURE}/client.mjs`, `127.0.0.1:${server.port}`, tokenFile, 'bob'];
    const child = spawn(process.execPath, words, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await vi.waitFor(() => expect(node.waiting).toBe(1), { timeout: 20_000 });
    node.arrive(1, { payload: Buffer.from('hello'), again: true });
    await vi.waitFor(() => expect(node.waiting).toBe(1), { timeout: 20_000 });
    node.arrive(2, { kind: 'call', payload: Buffer.from('ready?') });
    await vi.waitFor(() => expect(node.kinds).toEqual(['answer']), { timeout: 20_000 });
    expect(node.questions.at(0)).toMatchObject({ target: idOf(2) });
    expect(Buffer.from(node.questions.at(0)?.body ?? []).toString()).toBe('READY?');
    child.stdin.write('good morning\nhow are you?\n');
    await vi.waitFor(() => expect(text).toContain('200 fine\n'), { timeout: 20_000 });
    expect(text).toBe('bob: hello (perhaps again)\nbob: ready?\n200 {"outcome":"ok"}\n200 fine\n');
    expect(node.kinds).toEqual(['answer', 'send', 'call']);
  });
});
