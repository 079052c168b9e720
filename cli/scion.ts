/**
 * `orrery scion ping|traceroute|paths|beacons|trc FILE FROM [TO]`: the reference's command line tools, in a network in
 * virtual time (docs/how-to/discover-paths.md).
 *
 * Exit codes are those of the reference: 0; 1 if no answer came, a packet of a traceroute was lost, or there is no
 * path that works; 2 for all other errors.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { commandText } from '../scenarios/command-text.ts';
import { unknownNameHint } from '../topologies/files/suggest.ts';
import { readQuantity } from '../topologies/files/units.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, collectOverride, numberOption, SEED_RANGE } from './flags.ts';
import { type HostAnswer, ScionNetwork } from './scion-network.ts';
import {
  beaconsText,
  type ListedBeacon,
  type ListedPath,
  type ListedTrc,
  type PingAnswer,
  pathsText,
  pingText,
  type TracerouteAnswer,
  tracerouteText,
  trcsText,
} from './scion-text.ts';

const NS_PER_S = 1_000_000_000;
const NS_PER_US = 1_000;
/** Longest time for the lookup of paths before packets are sent, ns. */
const SEARCH_NS = 10 * NS_PER_S;
/** Largest number of traceroute requests: 3 segments of 63 hops, 2 interfaces per hop, 3 requests per interface. */
const TRACED_MAX = 3 * 2 * 3 * 63;
const COUNT_RANGE = { least: 1, most: 1_000 };
const SIZE_RANGE = { least: 0, most: 8_000 };
const PATHS_RANGE = { least: 1, most: 100 };
const TIME_RANGE_NS = { least: 1_000_000, most: 60 * NS_PER_S };
const INSTANT_RANGE_NS = { least: 0, most: 86_400 * NS_PER_S };

interface ScionFlags {
  readonly count: number;
  readonly interval: number;
  readonly timeout: number;
  readonly payloadSize: number;
  readonly path?: string;
  readonly sequence?: string;
  readonly maxpaths: number;
  readonly probe: boolean;
  readonly epic?: boolean;
  readonly at?: number;
  readonly seed: number;
  readonly set: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

/** The network, the endpoints and the flags that a tool works with. */
interface Task {
  readonly network: ScionNetwork;
  readonly from: string;
  readonly to: string;
  readonly flags: ScionFlags;
}

/** The result of a tool: JSON for programs, text for people, and the problem, if it did not work. */
interface Found {
  readonly json: unknown;
  readonly text: string;
  readonly problem?: string | undefined;
}

const TOOLS: Readonly<Record<string, (task: Task) => Found>> = {
  ...{ ping, traceroute, paths, beacons, trc },
};
/** Tools that need one AS only, and no destination. */
const ALONE: readonly string[] = ['beacons', 'trc'];
const ISD_MAX = 65_535;
/** Outcomes of questions for which there is no path, in words. */
const NO_PATH: Readonly<Record<string, string>> = {
  'no-path': 'no path found',
  revoked: 'no path found: all pass an interface that is said to be down',
};

/** Adds the command `orrery scion` to the program. */
export function addScionCommand(program: Command): void {
  addFlagOptions<ScionFlags>(program.command('scion'), {
    count: numberOption('-c, --count <n>', 'echo requests of a ping', COUNT_RANGE).default(3),
    interval: timeOption('--interval <time>', 'time between them', TIME_RANGE_NS).default(
      NS_PER_S,
      '1s',
    ),
    timeout: timeOption(
      '--timeout <time>',
      'how long an answer is waited for',
      TIME_RANGE_NS,
    ).default(NS_PER_S, '1s'),
    payloadSize: numberOption(
      '-s, --payload-size <bytes>',
      'data in each request',
      SIZE_RANGE,
    ).default(8),
    path: new Option('--path <hex>', 'first digits of the fingerprint of the path').argParser(
      fingerprint,
    ),
    sequence: new Option('--sequence <text>', 'only paths that fit, such as "0* 1-ff00:0:110 0*"'),
    maxpaths: numberOption('-m, --maxpaths <n>', 'most paths that are listed', PATHS_RANGE).default(
      10,
    ),
    probe: new Option('--no-probe', 'list paths without a ping over each'),
    epic: new Option('--epic', 'ping on an EPIC-HP path'),
    at: timeOption(
      '--at <time>',
      'when it begins; by default, once paths were discovered',
      INSTANT_RANGE_NS,
    ),
    seed: numberOption('--seed <n>', 'seed of the run', SEED_RANGE).default(1),
    set: new Option('--set <path=value>', 'override a value of the file; repeatable')
      .argParser(collectOverride)
      .default({}, 'none'),
    json: new Option('--json', 'print JSON on stdout and nothing else'),
  })
    .argument('<tool>', `one of ${Object.keys(TOOLS).join(', ')}`)
    .argument(
      '[what...]',
      'scenario or topology, AS or a node in it, and the other one; beacons needs no other, and trc takes an ISD',
    )
    .summary('ping, trace and list paths of a SCION network')
    .description(
      'Runs a network in virtual time and, once its paths are known, does what the tools of the\n' +
        'reference do: scion ping, traceroute, showpaths. See docs/how-to/discover-paths.md.',
    )
    .addHelpText(
      'after',
      `\nExample:\n  ${commandText(['scion', 'ping', 'scion-default.yaml', '1-ff00:0:111', '2-ff00:0:211'])}`,
    )
    .action(runTool);
}

async function runTool(name: string, what: readonly string[], flags: ScionFlags): Promise<void> {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool === undefined) {
    const hint = unknownNameHint(name, Object.keys(TOOLS), 'tools');
    throw new FlagError(`scion: there is no tool ${name}`, name, hint);
  }
  const [file = '', from = '', to = ''] = what;
  refuseMissing(name, what);
  const { seed, set, at, json, epic } = flags;
  if (epic === true && name !== 'ping') {
    throw new FlagError(`scion ${name}: --epic is for ping`, '--epic', 'leave --epic out');
  }
  const network = await ScionNetwork.open(file, { seed, set });
  const other = to === '' || name === 'trc' ? isdText(to) : network.areaOf(to);
  const ends = { from: network.areaOf(from), to: other };
  network.settle(at);
  const found = tool({ network, ...ends, flags });
  process.stdout.write(json === true ? `${JSON.stringify(found.json, null, 2)}\n` : found.text);
  if (found.problem !== undefined) {
    process.stderr.write(`orrery: scion ${name}: ${found.problem}\n`);
  }
  setExitCode(found.problem === undefined ? 0 : 1);
}

/** Checks the arguments of a tool. @throws FlagError if the file or an AS is missing. */
function refuseMissing(name: string, [file, from, to]: readonly string[]): void {
  if (file === undefined) {
    throw new FlagError(`scion ${name}: in which network?`, name, 'name a scenario or a topology');
  }
  if (from === undefined) {
    throw new FlagError(`scion ${name}: in which AS?`, file, 'name it after the file');
  }
  if (to === undefined && !ALONE.includes(name)) {
    throw new FlagError(`scion ${name}: to which AS?`, from, 'name the other AS after it');
  }
}

function ping({ network, from, to, flags }: Task): Found {
  const { count, interval, timeout } = flags;
  const withinNs = SEARCH_NS + count * interval + timeout;
  const answer = network.ask(from, 'ping', question(to, flags), withinNs);
  if (answer.outcome !== 'ok' && answer.outcome !== 'no-reply') return failed(answer);
  const read = JSON.parse(answer.text) as PingAnswer;
  const problem = answer.outcome === 'ok' ? undefined : 'no reply packet received';
  return { json: read, text: pingText(read), problem };
}

function traceroute({ network, from, to, flags }: Task): Found {
  const withinNs = SEARCH_NS + TRACED_MAX * flags.timeout;
  const answer = network.ask(from, 'traceroute', question(to, flags), withinNs);
  if (answer.outcome !== 'ok' && answer.outcome !== 'packets-lost') return failed(answer);
  const read = JSON.parse(answer.text) as TracerouteAnswer;
  const problem = answer.outcome === 'ok' ? undefined : 'packets were lost';
  return { json: read, text: tracerouteText(read), problem };
}

function paths({ network, from, to, flags }: Task): Found {
  if (from === to) {
    return { json: [], text: `Empty path, destination is local AS ${to}\n` };
  }
  const answer = network.ask(from, 'paths', question(to, flags), SEARCH_NS);
  if (answer.outcome !== 'ok') return failed(answer);
  const found = (JSON.parse(answer.text) as readonly ListedPath[]).slice(0, flags.maxpaths);
  const { seconds } = network;
  const listed = flags.probe
    ? found.map((path) => probed({ network, from, to, flags }, path))
    : found;
  const isDead = flags.probe && listed.every(({ status }) => status !== 'alive');
  return {
    json: { local_isd_as: from, destination: to, paths: listed },
    text: pathsText(to, listed, seconds),
    problem: isDead ? 'no path alive' : undefined,
  };
}

/** Sends one echo request over a path; returns the path with the outcome as `status`. */
function probed({ network, from, to, flags }: Task, path: ListedPath): ListedPath {
  const one = { ...flags, count: 1, path: path.fingerprint };
  const { outcome } = network.ask(from, 'ping', question(to, one), SEARCH_NS + flags.timeout);
  const status = outcome === 'ok' ? 'alive' : outcome === 'no-reply' ? 'timeout' : outcome;
  return { ...path, status };
}

function beacons({ network, from }: Task): Found {
  const answer = network.ask(from, 'beacons', '', SEARCH_NS);
  if (answer.outcome !== 'ok') return failed(answer);
  const found = JSON.parse(answer.text) as readonly ListedBeacon[];
  return { json: found, text: beaconsText(from, found, network.seconds) };
}

function trc({ network, from, to }: Task): Found {
  const answer = network.ask(from, 'trcs', '', SEARCH_NS);
  if (answer.outcome !== 'ok') return failed(answer);
  const all = JSON.parse(answer.text) as readonly ListedTrc[];
  const found = all.filter(({ id }) => to === '' || String(id.isd) === to);
  const isds = [...new Set(all.map(({ id }) => id.isd))].join(', ');
  const problem = found.length > 0 ? undefined : `no TRC of ISD ${to}; there are those of ${isds}`;
  return { json: found, text: trcsText(from, found), problem };
}

/** Checks the number of an ISD; an empty text stands for all ISDs. @throws FlagError for any other text. */
function isdText(text: string): string {
  if (text === '' || (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= ISD_MAX)) return text;
  throw new FlagError(`scion trc: "${text}" is no ISD`, text, 'write its number, such as 1');
}

/** The result of a tool whose question was not answered. @throws FlagError if the question was wrong. */
function failed({ outcome, text }: HostAnswer): Found {
  if (outcome === 'bad-question') {
    throw new FlagError(`scion: ${text}`, text, 'see docs/how-to/discover-paths.md');
  }
  const problem = NO_PATH[outcome] ?? (text === '' ? outcome : text);
  return { json: { outcome }, text: '', problem };
}

/** The body of a question to a host, as JSON (nodes/scion/end-host/question.ts). */
function question(
  to: string,
  { count, interval, timeout, payloadSize, path, epic, sequence }: ScionFlags,
): string {
  const words = [
    to,
    `count=${count}`,
    `interval=${Math.round(interval / NS_PER_US)}us`,
    `timeout=${Math.round(timeout / NS_PER_US)}us`,
    `size=${payloadSize}`,
    ...(path === undefined ? [] : [`path=${path}`]),
    ...(epic === true ? ['epic=true'] : []),
    ...(sequence === undefined ? [] : [`sequence=${sequence}`]),
  ];
  return words.join(' ');
}

function fingerprint(text: string): string {
  if (/^[0-9a-f]{1,64}$/.test(text)) return text;
  throw new FlagError(
    `--path: "${text}" is no fingerprint`,
    text,
    'take one that `scion paths` lists, or its first digits',
  );
}

function timeOption(
  flags: string,
  summary: string,
  { least, most }: { readonly least: number; readonly most: number },
): Option {
  const [flag = ''] = flags.split(' ');
  return new Option(flags, summary).argParser((text: string) => {
    const read = readQuantity(text);
    if (read?.kind === 'time' && read.value >= least && read.value <= most) return read.value;
    const range = `from ${least / NS_PER_S}s to ${most / NS_PER_S}s`;
    throw new FlagError(`${flag}: "${text}" is no time ${range}`, text, `write ${flag} 500ms`);
  });
}
