/**
 * `orrery health`: asks every node process of a deployment whether it has problems, in one command.
 *
 * Exit code 0 if no node has a problem, 1 if one has, 2 for a bad flag (docs/how-to/operate.md).
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { withoutControlCharacters } from '../reports/terminal-layout.ts';
import {
  checkNodeHealth,
  type EndpointAddress,
  endpointAddressText,
  type HealthQuestion,
  type NodeHealth,
} from '../services/operator/index.ts';
import { collectEndpoint, collectPort } from './endpoint-flags.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, type FlagRange, numberOption } from './flags.ts';
import { readDeployedEndpoints } from './health-deployment.ts';
import { judgeHealth, renderHealth } from './health-table.ts';

const TIMEOUT_MS = 5_000;
/** Allowed values of `--timeout`, ms: at most an hour. */
const TIMEOUT_RANGE: FlagRange = { least: 1, most: 3_600_000 };
/** Number of nodes that are checked at the same time. */
const AT_ONCE = 16;

interface HealthFlags {
  readonly endpoint: readonly EndpointAddress[];
  readonly port: readonly EndpointAddress[];
  readonly deployment?: string;
  readonly timeout: number;
  readonly probe: boolean;
  readonly json?: boolean;
}

/** Adds the command `orrery health` to the program. */
export function addHealthCommand(program: Command): void {
  addFlagOptions<HealthFlags>(program.command('health'), {
    port: new Option('--port <n>', 'operator port of a node on this machine; repeatable')
      .argParser(collectPort)
      .default([], 'none'),
    endpoint: new Option('--endpoint <host:port>', 'operator endpoint of any node; repeatable')
      .argParser(collectEndpoint)
      .default([], 'none'),
    deployment: new Option(
      '--deployment <file>',
      'check every node of the file that has an operator port',
    ),
    probe: new Option('--no-probe', 'send no packet'),
    timeout: numberOption('--timeout <ms>', 'time allowed for each answer', TIMEOUT_RANGE).default(
      TIMEOUT_MS,
    ),
    json: new Option('--json', 'print the answers as JSON on stdout and nothing else'),
  })
    .summary('check running nodes: health, metrics, a probe packet')
    .description(
      'Asks the operator endpoint of each node process whether the node is alive and ' +
        'ready, ' +
        'serves metrics, and can send a packet through the network. See ' +
        'docs/how-to/operate.md.',
    )
    .action(async (flags: HealthFlags) => {
      const nodes = withoutControlCharacters(await checkAll(endpointsOf(flags), questionOf(flags)));
      const verdict = judgeHealth(nodes, flags.probe);
      const text =
        flags.json === true
          ? JSON.stringify({ ...verdict, nodes }, null, 2)
          : renderHealth(nodes, verdict);
      process.stdout.write(`${text}\n`);
      setExitCode(verdict.ok ? 0 : 1);
    });
}

function questionOf({ probe, timeout }: HealthFlags): HealthQuestion {
  return { probe: probe ? 'send' : 'leave-out', timeoutMs: timeout };
}

/** The endpoints that the flags name, each once, in the order of the flags. */
function endpointsOf(flags: HealthFlags): readonly EndpointAddress[] {
  const { deployment } = flags;
  const deployed = deployment === undefined ? [] : readDeployedEndpoints(deployment);
  const all = [...deployed, ...flags.port, ...flags.endpoint];
  if (all.length === 0) {
    const hint = 'add --deployment FILE, or --port 9100 or --endpoint HOST:PORT for each node';
    throw new FlagError('health: which nodes?', 'health', hint);
  }
  return [...new Map(all.map((one) => [endpointAddressText(one), one])).values()];
}

async function checkAll(
  endpoints: readonly EndpointAddress[],
  question: HealthQuestion,
): Promise<readonly NodeHealth[]> {
  const nodes: NodeHealth[] = [];
  for (let from = 0; from < endpoints.length; from += AT_ONCE) {
    const some = endpoints.slice(from, from + AT_ONCE);
    for (const each of await Promise.all(some.map((one) => checkNodeHealth(one, question))))
      nodes.push(each);
  }
  return nodes;
}
