/**
 * `npm run test:interop`: records a capture of failover.yaml and checks that tshark can read it and
 * finds every checksum correct; the same for bundles (interop-bundles.ts). Then a node of ours exchanges bundles with another agent
 * (interop-agents.ts), packets are exchanged with the reference implementation of SCION (interop-scion.ts), and a client in Python uses two gateways
 * (interop-gateway.ts). Not part of `npm test`: it needs tshark (Debian: `apt-get install tshark`), the agent, a Go
 * toolchain, and Python.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDtnAgentInterop } from './interop-agents.ts';
import { checkBundles } from './interop-bundles.ts';
import { checkGatewayClient } from './interop-gateway.ts';
import { checkScionReference } from './interop-scion.ts';

const CHECKSUMS = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
/** Settings short enough for a check, and long enough to contain a fault. */
const SMALLER = ['traffic.0.rate=100/s', 'duration=20s', 'warmup=5s'];
const OUTPUT_MAX = 1 << 30;

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-interop-'));
  try {
    const isDissected = checkCaptures(folder);
    const isScionRight = await checkScionReference(folder);
    const isClientServed = await checkGatewayClient(folder);
    const isRight = isScionRight && isDissected && isClientServed;
    return (await checkDtnAgentInterop(folder)) && isRight ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkCaptures(folder: string): boolean {
  const version = run('tshark', ['--version']);
  if (version === undefined) {
    console.log('skip: tshark is not installed (Debian: apt-get install tshark)');
    return true;
  }
  console.log(version.split('\n')[0]);
  const isRight = check(folder) === 0;
  return checkBundles(folder) && isRight;
}

function check(folder: string): number {
  const settings = SMALLER.flatMap((setting) => ['--set', setting]);
  const scenario = ['cli/start.mjs', 'scenario', 'failover.yaml', '--seed', '1'];
  const verdict = run('node', [...scenario, '--quiet', '--pcap', '--out', folder, ...settings]);
  // The folder contains one run, whose name depends on the settings.
  const [own = ''] = readdirSync(join(folder, 'failover')).filter((name) => name.startsWith('1-'));
  const file = join(folder, 'failover', own, 'trace.pcapng');
  const fields = [
    'frame.interface_name',
    'ip.checksum.status',
    'udp.checksum.status',
    'frame.comment',
  ];
  const asked = fields.flatMap((field) => ['-e', field]);
  const decoded = run('tshark', ['-r', file, '-T', 'fields', ...asked, ...CHECKSUMS]);
  if (decoded === undefined) {
    console.log(`tshark could not read the capture of: ${verdict ?? 'a run that failed'}`);
    return 1;
  }
  const lines = decoded.trimEnd().split('\n');
  const rows = lines.map((line) => line.split('\t'));
  const interfaces = new Set(rows.map(([name]) => name));
  // In Wireshark, checksum status 1 means good (0 bad, 2 unverified).
  const isGood = (row: readonly string[]): boolean => row[1] === '1' && row[2] === '1';
  const bad = rows.filter((row) => !isGood(row)).length;
  const comments = new Map<string, number>();
  for (const [, , , comment = ''] of rows) {
    if (comment !== '') comments.set(comment, (comments.get(comment) ?? 0) + 1);
  }
  console.log(`${rows.length} packets on ${interfaces.size} interfaces`);
  console.log(`${rows.length - bad} with right IP and UDP checksums, ${bad} without`);
  for (const [comment, count] of comments) console.log(`${count} with comment "${comment}"`);
  console.log(run('tshark', ['-r', file, '-c', '3']) ?? '');
  const isRight = bad === 0 && rows.length > 0 && comments.size > 0;
  console.log(isRight ? '1 passed, 0 failed' : '0 passed, 1 failed');
  return isRight ? 0 : 1;
}

/** Output of a program; undefined if the program is missing or fails. */
function run(program: string, parts: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, parts, {
    encoding: 'utf8',
    maxBuffer: OUTPUT_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}
