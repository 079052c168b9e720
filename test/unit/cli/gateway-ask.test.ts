/** `orrery gateway status` and `explain`: what they print of a gateway that runs, here in virtual time. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addCommands } from '../../../cli/commands.ts';
import { listFileProblems } from '../../../cli/gateway-tls.ts';
import { makeProgram } from '../../../cli/program.ts';
import { type OperatorServer, startOperatorServer } from '../../../services/operator/index.ts';
import { makeCertificateAuthority } from '../../certificates.ts';
import { load, prepare, SECOND } from '../runner/fixture.ts';
import { fakeFace, keptLog } from '../services/operator/fake-face.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-ask-'));
const file = join(folder, 'gateway.toml');
const scenario = load('failover.yaml', {
  ...{ duration: '20s', warmup: '3s', 'traffic.0.rate': '1/s', 'traffic.0.stop': '1s' },
  events: '[{ at: 5s, for: 14s, crash: gateway-211 }]',
});
const { world } = prepare(scenario);
let server: OperatorServer;

beforeAll(async () => {
  world.sim.runUntil(4 * SECOND);
  const face = fakeFace();
  face.ask = ({ kind, target }): ReturnType<NonNullable<typeof face.ask>> => {
    let answer = { outcome: 'no-answer', ms: 1, parts: [] as string[] };
    world.request('gateway-111', {
      ...{ kind, target, body: new Uint8Array(0) },
      respond: (outcome, text) => {
        answer = { outcome, ms: 1, parts: [Buffer.from(text ?? []).toString()] };
      },
    });
    return Promise.resolve(answer);
  };
  server = await startOperatorServer({ face, log: keptLog().log, port: 0 });
  writeFileSync(
    file,
    `[metrics]\nbind_addr = "0.0.0.0:${server.port}"\n[orrery]\ntopology = "t"\nnode = "gateway-111"\n`,
  );
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command in this process. */
async function gateway(
  ...words: readonly string[]
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: unknown }> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  }
  const program = makeProgram();
  await addCommands(program, (name) => name === 'gateway');
  try {
    await program.parseAsync(['node', 'orrery', 'gateway', ...words]);
  } finally {
    vi.restoreAllMocks();
  }
  const code = process.exitCode;
  process.exitCode = undefined;
  return { ...written, code };
}

it('print peers, keys, paths with their age, and why one is in use, in 80 columns', async () => {
  const { stdout, code } = await gateway('status', file);
  expect(code ?? 0).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "HEALTHY  gateway-111, 1 peer
    gateway-111 to gateway-211 in 2-ff00:0:211: epoch 2, keys 2 s old
      in use: via-110-310-210, which had the best score when the first path was
      chosen
      path             health  RTT      loss  heard   source
    * via-110-310-210  alive   20.0 ms  0 %   9 ms    topology 4 s
      via-120-320-220  alive   24.0 ms  0 %   5 ms    topology 4 s
      via-130-330-230  alive   30.0 ms  0 %   149 ms  topology 4 s
    "
  `);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('print the decision for a destination, in 80 columns', async () => {
  const { stdout, code } = await gateway('explain', '2-ff00:0:211', file);
  expect(code ?? 0).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "gateway-111 to gateway-211 in 2-ff00:0:211: epoch 2, keys 2 s old
      in use: via-110-310-210, which had the best score when the first path was
      chosen
      3 paths found, 0 of them revoked, 0 excluded by the policy
      strategy failover; no switch since the first choice 2 s ago
      path             score  health  RTT      loss  packets
    * via-110-310-210  0.650  alive   20.0 ms  0 %   100 %
      via-120-320-220  0.642  alive   24.0 ms  0 %   0 %
      via-130-330-230  0.631  alive   30.0 ms  0 %   0 %
      via-120-320-220 is not better by enough
      via-130-330-230 has not yet answered often enough
    "
  `);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

it('print the answer as JSON and nothing else', async () => {
  const { stdout } = await gateway('explain', 'gateway-211', file, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ name: 'gateway-211', strategy: 'failover' });
  const { peers } = JSON.parse((await gateway('status', file, '--json')).stdout);
  expect(peers[0].paths.length).toBe(3);
});

it('name the peers if there is no such one', async () => {
  const { stderr, code } = await gateway('explain', '7-7', file);
  expect([stderr.endsWith(': 7-7 is no peer; there are gateway-211\n'), code]).toEqual([true, 1]);
});

it('end with 1 while a peer does not answer', async () => {
  world.sim.runUntil(9 * SECOND);
  const { stdout, code } = await gateway('status', file);
  expect(code).toBe(1);
  expect(stdout).toContain('dead');
  const { stdout: decision } = await gateway('explain', 'gateway-211', file);
  expect(decision).toContain('does not answer probes');
});

it('say in one line that no gateway runs', async () => {
  const other = join(folder, 'other.toml');
  writeFileSync(
    other,
    '[metrics]\nbind_addr = "127.0.0.1:1"\n[orrery]\ntopology = "t"\nnode = "gateway-112"\n',
  );
  const { stdout, stderr, code } = await gateway('status', other);
  expect([stdout, code]).toEqual(['', 1]);
  expect(stderr).toMatch(
    /^orrery: \S+other.toml: gateway-112 at 127.0.0.1:1: it does not run: .*\n$/,
  );
});

it('print the help for words that are no question', async () => {
  for (const words of [['status'], ['explain', file], [file, file], ['status', file, file]]) {
    const { stderr, code } = await gateway(...words);
    expect([code, /Usage: orrery gateway/.test(stderr)], words.join(' ')).toEqual([2, true]);
  }
});

it('tell when the certificate of the server ends', () => {
  const { certificate, key } = makeCertificateAuthority('one');
  writeFileSync(join(folder, 'one.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), key);
  const endMs = Date.parse(new X509Certificate(certificate).validTo);
  const day = new Date(endMs).toISOString().slice(0, 10);
  const files = { certificate: 'one.pem', key: 'key.pem', clientCa: undefined };
  const at = (
    days: number,
    more: Partial<typeof files> | { readonly clientCa: string } = {},
  ): unknown => listFileProblems(folder, { ...files, ...more }, endMs - days * 86_400_000);
  expect(at(31)).toEqual({ reasons: [], warnings: [] });
  expect(at(12)).toEqual({
    ...{ reasons: [], warnings: [`certificate ends in 12 days, on ${day}`] },
  });
  const ended = { reasons: [`certificate ended on ${day}`], warnings: [] };
  expect(at(0)).toEqual(ended);
  // The operator may lack the right to read the key.
  expect(at(0, { key: 'none.pem' })).toEqual(ended);
  expect(at(0, { clientCa: 'none.pem' })).toEqual({
    ...ended,
    warnings: ['orrery.client_ca: none.pem cannot be read'],
  });
  expect(at(31, { certificate: 'none.pem' })).toEqual({
    ...{ reasons: [], warnings: ['htx.cert_path: none.pem cannot be read'] },
  });
});
