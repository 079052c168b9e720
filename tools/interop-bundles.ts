/**
 * Part of `npm run test:interop`: bundles in captures of scenarios, plain and secured, as tshark
 * dissects them: every frame is a bundle of version 7 with right checksums, and nothing is malformed.
 *
 * tshark 4.0 has no dissector for UDPCL, so the bundles are handed to it without their datagrams.
 * If the command `bp7` is there (crate bp7, by the authors of dtn7), it decodes some of our bundles,
 * and we decode some that it makes.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BundleView } from '../nodes/dtn/index.ts';

/** The scenarios that are captured, and how many of the bundles of each have security blocks. */
const SCENARIOS = [
  { name: 'dtn-tutorial', secured: 'none' },
  { name: 'dtn-secure-hop', secured: 'all' },
] as const;
/** A link type for private use. */
const LINK_TYPE = '147';
/** The option by which tshark dissects frames of that link type as bundles. */
const AS_BUNDLES = 'uat:user_dlts:"User 0 (DLT=147)","bpv7","0","","0",""';
const FIELDS = ['bpv7.primary.version', 'bpv7.crc_status', 'bpsec.asb.ctxid', '_ws.malformed'];
const BUNDLE_START = '9f';
/** Number of bundles of each scenario that bp7 decodes, and of bundles made by bp7 that we decode. */
const EXCHANGED = 25;
/** Number of characters of the offset at the start of each line of a dump, with the space after it. */
const OFFSET_DIGITS = 7;
const OUTPUT_MAX = 1 << 30;

/** Checks the bundles of all scenarios; prints a line for each. */
export function checkBundles(folder: string): boolean {
  const results = SCENARIOS.map((scenario) => checkScenario(folder, scenario));
  results.push(checkWithBp7(folder));
  return results.every(Boolean);
}

/** Has bp7 decode bundles of ours, and decodes bundles that bp7 makes. */
function checkWithBp7(folder: string): boolean {
  if (spawnSync('bp7', []).error !== undefined) {
    console.log('skip: bp7 is not installed (cargo install bp7 --version 0.12.1)');
    return true;
  }
  const view = new BundleView();
  const ours = SCENARIOS.flatMap(({ name }) =>
    linesOf(readFileSync(join(folder, `${name}.hex`), 'utf8')).slice(0, EXCHANGED),
  ).map((line) => line.slice(OFFSET_DIGITS).replaceAll(' ', ''));
  const read = ours.filter((hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const malformed = view.open(bytes, 0, bytes.length);
    const { status, stdout } = spawnSync('bp7', ['decode', hex, '-p']);
    const payload = bytes.subarray(view.payloadStart, view.payloadEnd);
    return malformed === undefined && status === 0 && stdout.equals(payload);
  }).length;
  const theirs = Array.from({ length: EXCHANGED }, () => Buffer.from(run('bp7', ['rnd']), 'hex'));
  const opened = theirs.filter((bytes) => {
    return bytes.length > 0 && view.open(bytes, 0, bytes.length) === undefined;
  }).length;
  console.log(
    `bp7 reads the payloads of ${read} of ${ours.length} bundles of ours, ` +
      `and we open ${opened} of ${theirs.length} of its own`,
  );
  return read === ours.length && opened === theirs.length;
}

function checkScenario(folder: string, { name, secured }: (typeof SCENARIOS)[number]): boolean {
  const scenario = ['cli/start.mjs', 'scenario', `${name}.yaml`, '--seed', '1'];
  run('node', [...scenario, '--quiet', '--pcap', '--out', folder]);
  const capture = join(folder, name, '1/trace.pcapng');
  const payloads = linesOf(run('tshark', ['-r', capture, '-T', 'fields', '-e', 'udp.payload']));
  const bundles = payloads.filter((payload) => payload.startsWith(BUNDLE_START));
  const [hex, bare] = [join(folder, `${name}.hex`), join(folder, `${name}.pcap`)];
  writeFileSync(hex, bundles.map(dumpOf).join('\n'));
  run('text2pcap', ['-q', '-l', LINK_TYPE, hex, bare]);
  const asked = FIELDS.flatMap((field) => ['-e', field]);
  const dissected = run('tshark', ['-o', AS_BUNDLES, '-r', bare, '-T', 'fields', ...asked]);
  const rows = linesOf(dissected).map((line) => line.split('\t'));
  const right = rows.filter(isRight).length;
  const withSecurity = rows.filter(([, , context = '']) => context !== '').length;
  const expected = secured === 'all' ? rows.length : 0;
  console.log(
    `${name}: ${payloads.length} datagrams, ${rows.length} bundles, ` +
      `${right} dissected without error, ${withSecurity} with security blocks`,
  );
  const isWhole = rows.length > 0 && rows.length === payloads.length;
  return isWhole && right === rows.length && withSecurity === expected;
}

/** True for a sound bundle. In Wireshark, checksum status 1 means good; blocks without checksum have no status. */
function isRight([version, crcs = '', , malformed = '']: readonly string[]): boolean {
  const areGood = crcs === '' || crcs.split(',').every((status) => status === '1');
  return version === '7' && areGood && malformed === '';
}

/** A frame as text2pcap reads it. */
function dumpOf(payload: string): string {
  return `000000 ${(payload.match(/../g) ?? []).join(' ')}\n`;
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function run(program: string, parts: readonly string[]): string {
  const { stdout } = spawnSync(program, parts, { encoding: 'utf8', maxBuffer: OUTPUT_MAX });
  return stdout ?? '';
}
