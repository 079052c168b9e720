/** The endpoint of a run that answers, one that computes, and one that is over. */
import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openOperatorEndpoint, withInjectionPort } from '../../../cli/run-endpoint.ts';
import type { RunnerFolder } from '../../../cli/run-folder.ts';
import type { RunPortCommand, RunPortReport } from '../../../runner/injection/messages.ts';
import { RunPortClient } from '../../../runner/injection/run-port-client.ts';
import type { RunEnd, RunRequest } from '../../../runner/run/run-order.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import type { OperatorServer } from '../../../services/operator/index.ts';
import { load } from '../runner/fixture.ts';

let client: RunPortClient;
let server: OperatorServer;
beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  client = new RunPortClient(null);
  const scenario = load('hello.yaml');
  const registry = new ProtocolRegistry();
  server = await openOperatorEndpoint({ scenario, registry, speed: 1, client }, 0);
});
afterEach(async () => {
  await server.close();
  vi.restoreAllMocks();
});

/** Begins a run that answers by `answer`. */
async function begun(answer: (order: RunPortCommand, port: MessagePort) => void): Promise<void> {
  const { port } = client.open();
  port.on('message', (order: RunPortCommand) => answer(order, port));
  port.postMessage({ kind: 'ready', paths: [] } satisfies RunPortReport);
  await vi.waitFor(() => expect(client.isOpen).toBe(true));
}

async function said(path: string, body?: object): Promise<unknown> {
  const how = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const reply = await fetch(`http://127.0.0.1:${server.port}${path}`, how);
  const text = await reply.text();
  return path === '/metrics' ? text : JSON.parse(text);
}

const STATUS = { kind: 'status', node: 'alice', withinMs: 50 };

describe('the endpoint of a run', () => {
  it('prints how to ask, and is not ready before the run begins', async () => {
    const how = `npm run ask -- status NODE --port ${server.port}\n`;
    expect(process.stderr.write).toHaveBeenCalledWith(expect.stringContaining(how));
    expect(await said('/readyz')).toMatchObject({
      ready: false,
      reasons: ['the run has not begun'],
    });
    expect(await said('/status')).toMatchObject({ state: 'starting', node: 'hello', nodes: {} });
    expect(await said('/ask', STATUS)).toMatchObject({ outcome: 'node-down' });
  });

  it('shows what the run says of its nodes and what they have counted', async () => {
    const nodes = { alice: { peers: 1 }, bob: {} };
    const metrics = { 'ping.lost': { kind: 'counter', value: 3 } } as const;
    await begun(({ kind, number }, port) => {
      if (kind === 'statuses') port.postMessage({ kind, number, nodes });
      if (kind === 'counts') port.postMessage({ kind, number, metrics, drops: { late: 2 } });
    });
    expect(await said('/status')).toMatchObject({ state: 'running', protocol: 'ping', nodes });
    const text = await said('/metrics');
    expect(text).toMatch(/orrery_node_dropped_total\{.*reason="late".*\} 2/);
    expect(text).toMatch(/orrery_ping_lost\w*\{.*\} 3/);
  });

  it('answers while the run does not, and takes its question back', async () => {
    const heard: string[] = [];
    await begun(({ kind }) => void heard.push(kind));
    expect(await said('/ask', STATUS)).toMatchObject({ outcome: 'no-answer' });
    await vi.waitFor(() => expect(heard).toEqual(['ask', 'unask']));
    expect(await said('/status')).toMatchObject({
      state: 'running',
      nodes: { hello: { error: 'no answer within 2000 ms' } },
    });
  });

  it('ends the questions of a run that is over', async () => {
    let heard = 0;
    await begun(() => {
      heard += 1;
    });
    const answer = said('/ask', { ...STATUS, withinMs: 60_000 });
    await vi.waitFor(() => expect(heard).toBe(1));
    const over = (_order: RunRequest, _place: RunnerFolder): Promise<RunEnd> =>
      Promise.resolve({} as RunEnd);
    await withInjectionPort({ run: over }, client).run({} as RunRequest, {} as RunnerFolder);
    expect(await answer).toMatchObject({ outcome: 'node-down' });
    expect(await said('/healthz')).toMatchObject({ ok: true, state: 'starting' });
  });
});
