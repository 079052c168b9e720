/**
 * `orrery ask`: puts a question to a node of a running network, through the operator endpoint of its process.
 *
 * Exit code 0 if the outcome is `ok`, 1 if not, 2 for a bad flag (docs/how-to/operate.md).
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { withoutControlCharacters } from '../reports/terminal-layout.ts';
import {
  askNodeEndpoint,
  type EndpointAddress,
  type OperatorReply,
} from '../services/operator/index.ts';
import { collectEndpoint, collectPort, requireOneEndpoint } from './endpoint-flags.ts';
import { setExitCode } from './exit.ts';
import { addFlagOptions, numberOption } from './flags.ts';

const WITHIN_MS = 10_000;

interface AskFlags {
  readonly port: readonly EndpointAddress[];
  readonly endpoint: readonly EndpointAddress[];
  readonly node?: string;
  readonly by?: string;
  readonly body: string;
  readonly within: number;
  readonly json?: boolean;
}

/** Adds the command `orrery ask` to the program. */
export function addAskCommand(program: Command): void {
  addFlagOptions<AskFlags>(program.command('ask'), {
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
      const endpoint = requireOneEndpoint('ask', flags);
      const reply = await askNodeEndpoint(endpoint, question);
      if (json === true) process.stdout.write(`${JSON.stringify(reply, null, 2)}\n`);
      else print(reply, endpoint);
      setExitCode('outcome' in reply && reply.outcome === 'ok' ? 0 : 1);
    });
}

function print(reply: OperatorReply, { host, port }: EndpointAddress): void {
  if ('problem' in reply) {
    const problem = withoutControlCharacters(reply.problem);
    process.stderr.write(`orrery: ask: ${host}:${port}: ${problem}\n`);
    return;
  }
  const lines = reply.parts.flatMap((part) => part.replace(/\n$/, '').split('\n'));
  for (const line of withoutControlCharacters(lines)) process.stdout.write(`${line}\n`);
  process.stderr.write(
    `${withoutControlCharacters(reply.outcome)} after ${reply.ms.toFixed(1)} ms\n`,
  );
}
