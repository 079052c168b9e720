/**
 * `orrery ask`: puts a question to a node of a running network, through the operator endpoint of its process.
 *
 * Exit code 0 if the outcome is `ok`, 1 if not, 2 for a bad flag (docs/how-to/operate.md).
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { withoutControls } from '../reports/terminal-layout.ts';
import { type AskReply, askOperator, type Endpoint } from '../services/operator/index.ts';
import { collectEndpoint, collectPort } from './endpoint-flags.ts';
import { exitWith, FlagError } from './exit.ts';
import { addOptions, numberOption } from './flags.ts';

const WITHIN_MS = 10_000;

interface AskFlags {
  readonly port: readonly Endpoint[];
  readonly endpoint: readonly Endpoint[];
  readonly node?: string;
  readonly by?: string;
  readonly body: string;
  readonly within: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addAskCommand(program: Command): void {
  addOptions<AskFlags>(program.command('ask'), {
    port: new Option('--port <n>', 'operator port of the process, on this machine')
      .argParser(collectPort)
      .default([], 'none'),
    endpoint: new Option('--endpoint <host:port>', 'operator endpoint of the process')
      .argParser(collectEndpoint)
      .default([], 'none'),
    node: new Option('--node <name>', 'the node, if the process runs several'),
    by: new Option('--by <protocol>', 'the protocol that is asked (default: the uppermost)'),
    body: new Option('--body <text>', 'more of the question, as its kind defines it').default(''),
    within: numberOption('--within <ms>', 'nobody waits longer for the answer', {
      least: 1,
      most: 600_000,
    }).default(WITHIN_MS),
    json: new Option('--json', 'print the answer as JSON on stdout and nothing else'),
  })
    .argument('<kind>', 'what is asked: `status`, or a kind that the README of the protocol names')
    .argument('[target]', 'whom or what the question is about', '')
    .summary('ask a node of a running network')
    .description(
      'Puts a question to a running node and prints its answer. See docs/how-to/operate.md.',
    )
    .action(async (kind: string, target: string, flags: AskFlags) => {
      const { node, by, body, within, json } = flags;
      const named = {
        ...(node === undefined ? {} : { node }),
        ...(by === undefined ? {} : { by }),
      };
      const question = { kind, target, body, withinMs: within, ...named };
      const reply = await askOperator(endpointOf(flags), question);
      if (json === true) process.stdout.write(`${JSON.stringify(reply, null, 2)}\n`);
      else print(reply);
      exitWith('outcome' in reply && reply.outcome === 'ok' ? 0 : 1);
    });
}

function endpointOf({ port, endpoint }: AskFlags): Endpoint {
  const [only, second] = [...port, ...endpoint];
  if (only !== undefined && second === undefined) return only;
  throw new FlagError(
    'ask: which process?',
    'ask',
    'add --port 9100 or --endpoint HOST:PORT, once',
  );
}

function print(reply: AskReply): void {
  if ('problem' in reply) {
    process.stderr.write(`orrery: ask: ${withoutControls(reply.problem)}\n`);
    return;
  }
  const lines = reply.parts.flatMap((part) => part.replace(/\n$/, '').split('\n'));
  for (const line of withoutControls(lines)) process.stdout.write(`${line}\n`);
  process.stderr.write(`${withoutControls(reply.outcome)} after ${reply.ms.toFixed(1)} ms\n`);
}
