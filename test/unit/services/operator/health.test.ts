/**
 * The health check for healthy nodes, unhealthy nodes, and servers that are not nodes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { FlagError } from '../../../../cli/exit.ts';
import { addHealthCommand } from '../../../../cli/health.ts';
import { readDeployedEndpoints } from '../../../../cli/health-deployment.ts';
import { judgeHealth, renderHealth } from '../../../../cli/health-table.ts';
import { makeProgram } from '../../../../cli/program.ts';
import {
  checkNodeHealth,
  endpointAddressText,
  type NodeHealth,
  type OperatorServer,
  type ProbeResult,
  startOperatorServer,
} from '../../../../services/operator/index.ts';
import { COMMAND_LINE } from '../../../command-line.ts';
import { type FakeFace, fakeFace, keptLog } from './fake-face.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const SEND = { probe: 'send', timeoutMs: 10_000 } as const;

const open: (OperatorServer | Server)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) void server.close();
});

async function serve(face: FakeFace = fakeFace()): Promise<OperatorServer> {
  const server = await startOperatorServer({ face, log: keptLog().log, port: 0 });
  open.push(server);
  return server;
}

/** A server that is not a node and sends the same answer to every request. */
async function stranger(says: string): Promise<{ readonly host: string; readonly port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => says !== '' && socket.end(says));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const http = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

describe('the health of a node', () => {
  it('R-247: is good when it lives, is ready, shows metrics, and one packet came back', async () => {
    const health = await checkNodeHealth(await serve(), SEND);
    expect(health).toMatchObject({
      ok: true,
      problems: [],
      status: { node: 'gateway-111', state: 'running' },
      probe: { kind: 'back', ms: 20.4 },
    });
    expect(health.metrics).toBeGreaterThan(10);
  });

  it('R-247: is bad in words when the node is not ready or the packet is lost', async () => {
    const face = fakeFace({ state: 'starting', ready: false, reasons: ['no path', 'no key'] });
    face.probe = (): Promise<ProbeResult> =>
      Promise.resolve({ ok: false, reason: 'no reply in 1 s' });
    const { ok, problems } = await checkNodeHealth(await serve(face), SEND);
    expect([ok, problems]).toEqual([
      false,
      ['not ready: no path; no key', 'probe: no reply in 1 s'],
    ]);
  });

  it('R-247: is bad when its packet did not come back and nobody says why', async () => {
    const face = fakeFace();
    face.probe = (): Promise<ProbeResult> => Promise.resolve({ ok: false } as ProbeResult);
    const { ok, problems } = await checkNodeHealth(await serve(face), SEND);
    expect([ok, problems]).toEqual([false, ['probe: the packet did not come back']]);
  });

  it('is bad when its metrics cannot be read', async () => {
    const face = fakeFace();
    face.drops = (): never => {
      throw new Error('broken');
    };
    const { problems } = await checkNodeHealth(await serve(face), SEND);
    expect(problems).toEqual(['/metrics cannot be read']);
  });

  it('says so when nothing listens, nothing answers, or something else does', async () => {
    const server = await serve();
    const gone = { host: server.host, port: server.port };
    await server.close();
    const problem = async (at: { readonly host: string; readonly port: number }): Promise<string> =>
      (await checkNodeHealth(at, { probe: 'send', timeoutMs: 300 })).problems.join();
    expect(await problem(gone)).toBe('does not answer: nothing listens there');
    expect(await problem(await stranger(''))).toBe('does not answer: no answer within 300 ms');
    expect(await problem(await stranger('SSH-2.0-OpenSSH\r\n'))).toBe(
      'does not answer: the answer is not HTTP',
    );
    const other = 'what answers is not an Orrery node';
    expect(await problem(await stranger(http('<html>')))).toBe(other);
    expect(await problem(await stranger(http('{"state":"running","node":7}')))).toBe(other);
  });

  it('does not swallow an endless answer', async () => {
    const long = await stranger(http('x'.repeat(9 * 1024 * 1024)));
    const { problems } = await checkNodeHealth(long, { probe: 'send', timeoutMs: 5_000 });
    expect(problems).toEqual(['does not answer: the answer is too long']);
  });
});

describe('the table', () => {
  const node: NodeHealth = {
    endpoint: '127.0.0.1:9100',
    ok: true,
    problems: [],
    status: { ...fakeFace().status(), reasons: [] },
    metrics: 61,
    probe: { kind: 'back', ms: 20.42 },
  };

  it('has the verdict first, one line a node, and the problems below', () => {
    const bad: NodeHealth = {
      endpoint: '127.0.0.1:9101',
      ok: false,
      problems: ['does not answer: nothing listens there'],
      metrics: 0,
      probe: { kind: 'left-out' },
    };
    const nodes = [node, bad];
    expect(renderHealth(nodes, judgeHealth(nodes, true))).toBe(
      [
        'UNHEALTHY  1 of 2 nodes',
        'node         endpoint        state    metrics  probe    memory  cpu',
        'gateway-111  127.0.0.1:9100  running  61       20.4 ms  96 MiB  20 %  ok',
        '?            127.0.0.1:9101  silent                                   BAD',
        '  127.0.0.1:9101: does not answer: nothing listens there',
      ].join('\n'),
    );
  });

  it('is not good when no node has sent a packet, unless that was asked for', () => {
    const router: NodeHealth = { ...node, probe: { kind: 'none' } };
    expect(judgeHealth([router, node], true)).toEqual({ ok: true, problems: [] });
    expect(judgeHealth([router], true)).toEqual({
      ok: false,
      problems: ['no packet went through; leave it out with --no-probe'],
    });
    const elsewhere: NodeHealth = { ...node, probe: { kind: 'elsewhere' } };
    expect(renderHealth([elsewhere], judgeHealth([elsewhere], true))).toMatch(
      /^UNHEALTHY.*\n.*\n.* not here .* ok\n {2}no packet went through/,
    );
    const silent: NodeHealth = { ...node, probe: { kind: 'left-out' } };
    expect(judgeHealth([silent], false).ok).toBe(true);
  });

  it('writes IPv6 endpoints in brackets', () => {
    expect(endpointAddressText({ host: '::1', port: 9100 })).toBe('[::1]:9100');
  });
});

describe('orrery health', () => {
  const health = (
    ...args: readonly string[]
  ): Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }> => {
    const child = spawn(process.execPath, [COMMAND_LINE, 'health', ...args], {
      cwd: ROOT,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  };

  it('R-247: verifies a deployment with one command: exit 0 or 1', async () => {
    const [one, two] = [await serve(), await serve()];
    const evil = fakeFace({ node: '\u001b[2Jgateway', ready: false, reasons: ['\u001b[31mno'] });
    const third = await serve(evil);
    const [good, bad] = await Promise.all([
      health('--port', String(one.port), '--endpoint', `127.0.0.1:${two.port}`),
      health('--json', '--port', String(third.port), '--no-probe'),
    ]);
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toMatch(/^HEALTHY {2}2 of 2 nodes\nnode /);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      nodes: [{ ok: false, status: { node: ' [2Jgateway' } }],
    });
    expect(bad.stdout).not.toContain('\\u001b');
  });

  describe('--deployment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-health-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const file = (text: string): string => {
      const path = join(folder, 'deployment.yaml');
      writeFileSync(path, `coordinator: 192.0.2.10:7000\nkeys: k\n${text}`);
      return path;
    };

    it('names the nodes with an operator port: here on loopback, others at their address', () => {
      const path = file(
        'hosts:\n  a: 127.0.0.9\n  b: { address: 127.0.0.11, operator: { port: 9100 } }\n' +
          '  c: { address: 192.0.2.12, operator: { port: 9101 } }\n',
      );
      expect(readDeployedEndpoints(path)).toEqual([
        { host: '127.0.0.1', port: 9100 },
        { host: '192.0.2.12', port: 9101 },
      ]);
    });

    it('says what is wrong with the file, and where', () => {
      expect(() => readDeployedEndpoints(join(folder, 'none.yaml'))).toThrow('no deployment file');
      expect(() => readDeployedEndpoints(file('hosts:\n  a: 127.0.0.9\n'))).toThrow(FlagError);
      const bad = file('hosts:\n  b: { address: 127.0.0.11, operator: { prot: 9100 } }\n');
      expect(() => readDeployedEndpoints(bad)).toThrow(/deployment\.yaml:4:\d+/);
    });
  });

  it.each([
    [['--endpoint', 'nowhere'], '--endpoint: "nowhere" is not HOST:PORT'],
    [['--endpoint', '::1:9100'], '--endpoint: "::1:9100" is not HOST:PORT'],
    [['--endpoint', 'a:70000'], '--endpoint: "a:70000" has no port from 1 to 65535'],
    [['--port', '0'], '--port: "0" has no port from 1 to 65535'],
    [['--port', '1e3'], '--port: "1e3" has no port from 1 to 65535'],
    [[], 'health: which nodes?'],
  ])('refuses %j in words', async (args, words) => {
    const program = makeProgram();
    addHealthCommand(program);
    const run = program.parseAsync(['health', ...args], { from: 'user' });
    await expect(run).rejects.toThrow(words);
    await expect(run).rejects.toBeInstanceOf(FlagError);
  });
});
