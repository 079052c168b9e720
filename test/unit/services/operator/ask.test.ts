/** Questions of an operator through the endpoint of a process, and the command that puts them. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  askNodeEndpoint,
  type OperatorAnswer,
  type OperatorQuestion,
  type OperatorServer,
  startOperatorServer,
} from '../../../../services/operator/index.ts';
import { COMMAND_LINE } from '../../../command-line.ts';
import { type FakeFace, fakeFace, keptLog } from './fake-face.ts';

const open: OperatorServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const STATUS: OperatorQuestion = { kind: 'status', target: '', body: '', withinMs: 1_000 };
const OK: OperatorAnswer = { outcome: 'ok', ms: 3.25, parts: ['2\n', '1\n'] };

/** A process whose node answers, and the questions that it got. */
async function serve(answer: (question: OperatorQuestion) => Promise<OperatorAnswer>): Promise<{
  readonly face: FakeFace;
  readonly endpoint: { readonly host: string; readonly port: number };
  readonly asked: OperatorQuestion[];
}> {
  const asked: OperatorQuestion[] = [];
  const face = fakeFace();
  face.ask = (question): Promise<OperatorAnswer> => {
    asked.push(question);
    return answer(question);
  };
  const server = await startOperatorServer({ face, log: keptLog().log, port: 0 });
  open.push(server);
  return { face, endpoint: { host: '127.0.0.1', port: server.port }, asked };
}

async function post(port: number, body: string): Promise<{ status: number; text: string }> {
  const reply = await fetch(`http://127.0.0.1:${port}/ask`, { method: 'POST', body });
  return { status: reply.status, text: await reply.text() };
}

describe('POST /ask', () => {
  it('puts the question, with ten seconds unless it says otherwise, and gives the answer', async () => {
    const { endpoint, asked } = await serve(() => Promise.resolve(OK));
    expect(await post(endpoint.port, '{"kind":"flush","target":"bob","node":"alice"}')).toEqual({
      status: 200,
      text: '{"outcome":"ok","ms":3.25,"parts":["2\\n","1\\n"]}\n',
    });
    expect(asked).toEqual([
      { kind: 'flush', target: 'bob', node: 'alice', body: '', withinMs: 10_000 },
    ]);
  });

  it('answers 503 with any other outcome, and 501 if there is nobody to ask', async () => {
    const down = { outcome: 'node-down', ms: 0, parts: [] };
    const { face, endpoint } = await serve(() => Promise.resolve(down));
    expect(await post(endpoint.port, '{"kind":"status"}')).toMatchObject({ status: 503 });
    delete face.ask;
    expect(await post(endpoint.port, '{"kind":"status"}')).toMatchObject({ status: 501 });
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"kind":7}',
    '{"kind":""}',
    '{"kind":"status","withinMs":0}',
    '{"kind":"status","withinMs":1e9}',
    '{"kind":"status","extra":1}',
    `{"kind":"${'k'.repeat(257)}"}`,
    `{"kind":"status","body":"${'b'.repeat(4_097)}"}`,
  ])('refuses what is no question, and the node hears nothing: %s', async (body) => {
    const { endpoint, asked } = await serve(() => Promise.resolve(OK));
    expect((await post(endpoint.port, body)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  it('takes a text of 4,096 characters that are all escaped, and no longer body', async () => {
    const { endpoint } = await serve(() => Promise.resolve(OK));
    const text = '\\u0001'.repeat(4_096);
    expect((await post(endpoint.port, `{"kind":"status","body":"${text}"}`)).status).toBe(200);
    expect((await post(endpoint.port, ' '.repeat(32_769))).status).toBe(413);
  });

  it('has 16 open questions at most', async () => {
    const waiting: ((answer: OperatorAnswer) => void)[] = [];
    const { endpoint } = await serve(() => new Promise((resolve) => waiting.push(resolve)));
    const asked = Array.from({ length: 16 }, () => post(endpoint.port, '{"kind":"status"}'));
    await vi.waitFor(() => expect(waiting).toHaveLength(16));
    expect((await post(endpoint.port, '{"kind":"status"}')).status).toBe(429);
    for (const answer of waiting.splice(0)) answer(OK);
    await Promise.all(asked);
    const next = post(endpoint.port, '{"kind":"status"}');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting[0]?.(OK);
    expect((await next).status).toBe(200);
  });
});

describe('askNodeEndpoint', () => {
  it('gives the answer of the node, whatever its outcome', async () => {
    const { endpoint } = await serve(() => Promise.resolve({ ...OK, outcome: 'no-answer' }));
    expect(await askNodeEndpoint(endpoint, STATUS)).toEqual({ ...OK, outcome: 'no-answer' });
  });

  it('says what is wrong where nobody answers, or something else', async () => {
    const nobody = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const { port } = nobody.address() as AddressInfo;
    const other = await askNodeEndpoint({ host: '127.0.0.1', port }, STATUS);
    expect(other).toEqual({ problem: 'what answers is not an Orrery node' });
    await new Promise((resolve) => nobody.close(resolve));
    const none = await askNodeEndpoint({ host: '127.0.0.1', port }, STATUS);
    expect(none).toEqual({ problem: 'nothing listens there' });
  });
});

describe('the command', () => {
  function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [COMMAND_LINE, 'ask', ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  }

  it('prints the parts, the outcome beside them, and fails unless it is ok', async () => {
    const answers = [OK, { ...OK, outcome: 'busy', parts: [] }];
    const { endpoint, asked } = await serve(() => Promise.resolve(answers.shift() ?? OK));
    const port = ['--port', String(endpoint.port)];
    const [first, second] = [
      await run('flush', 'bob', ...port, '--node', 'alice', '--within', '500', '--body', 'x'),
      await run('status', ...port, '--json'),
    ];
    expect(first).toEqual({ code: 0, out: '2\n1\n', err: 'ok after 3.3 ms\n' });
    expect(second).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(second.out)).toEqual({ outcome: 'busy', ms: 3.25, parts: [] });
    expect(asked[0]).toEqual({
      ...{ kind: 'flush', target: 'bob', node: 'alice', body: 'x', withinMs: 500 },
    });
  });

  it('asks one process', async () => {
    const none = await run('status');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('which process?')]);
    expect((await run('status', '--port', '1', '--port', '2')).code).toBe(2);
  });
});
