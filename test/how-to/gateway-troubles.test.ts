/**
 * the page of troubles of a gateway: each command of it is run against gateways in virtual time that have this
 * trouble, and prints what the page shows.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { addCommands } from '../../cli/commands.ts';
import { makeProgram } from '../../cli/program.ts';
import {
  type OperatorAnswer,
  type OperatorServer,
  startOperatorServer,
} from '../../services/operator/index.ts';
import { ROOT } from '../architecture/files.ts';
import { load, prepare, SECOND } from '../unit/runner/fixture.ts';
import { fakeFace, keptLog } from '../unit/services/operator/fake-face.ts';
import { programWords } from './page-commands.ts';

const PAGE = readFileSync(join(ROOT, 'docs/how-to/gateway-troubles.md'), 'utf8');
const PORT = '9090';
const QUIET = { 'traffic.0.rate': '10/s', events: '[]' } as const;

/** What is wrong in the network of each section, and when it is looked at, s. */
const TROUBLES: Readonly<
  Record<
    string,
    { readonly file: string; readonly set: Readonly<Record<string, string>>; atS: number }
  >
> = {
  'The health check fails': {
    file: 'failover.yaml',
    set: { ...QUIET, events: '[{ at: 6s, for: 30s, crash: gateway-211 }]' },
    atS: 10,
  },
  'No paths': {
    file: 'scion-failover.yaml',
    set: { ...QUIET, events: '[{ at: 1ms, for: 40s, crash: control-111 }]' },
    atS: 20,
  },
  'High latency or low throughput': {
    file: 'failover.yaml',
    set: {
      'traffic.0.rate': '1000/s',
      events: '[{ at: 20s, link: "br-111-1 <-> core-110", set: { delay: 22ms } }]',
    },
    atS: 22,
  },
  'Authentication fails': {
    file: 'failover.yaml',
    set: { ...QUIET, events: '[{ at: 6s, clock: { node: gateway-211, step: 400s } }]' },
    atS: 10,
  },
  'Genuine frames are refused as replays': {
    file: 'failover.yaml',
    set: { events: '[]', 'options.gateway.antiReplay.windowSize': '64' },
    atS: 16,
  },
  'IP packets go astray': {
    file: 'gateway-prefixes.yaml',
    set: {
      traffic: '[{ from: gateway-111, to: gateway-112, kind: constant, rate: 1/s }]',
      events: '[{ at: 9s, for: 30s, link: quick <-> br-112-quick, set: { up: false } }]',
    },
    atS: 12,
  },
  'The disk': {
    file: 'failover.yaml',
    set: { events: '[{ at: 6s, for: 30s, disk: { node: gateway-211, slower: 20s } }]' },
    atS: 10,
  },
};

/** A block of commands, and the blocks of output that follow it. */
interface Section {
  readonly title: string;
  readonly commands: readonly string[];
  readonly outputs: readonly string[];
}

const sections = PAGE.split(/^## /m)
  .slice(1)
  .map((text): Section => {
    const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)];
    const of = (wanted: string): readonly string[] =>
      blocks.flatMap(([, language = '', body = '']) => (language === wanted ? [body] : []));
    const [title = ''] = text.split('\n');
    return {
      title,
      commands: of('').flatMap((body) => body.trim().split('\n')),
      outputs: of('text'),
    };
  });

const folder = mkdtempSync(join(tmpdir(), 'gateway-troubles-'));
let server: OperatorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Serves the gateways of a network in virtual time, and writes a file for each. */
async function serve({ file, set, atS }: (typeof TROUBLES)[string]): Promise<void> {
  const { world } = prepare(load(file, { ...set, duration: '60s', warmup: '15s' }));
  world.sim.runUntil(atS * SECOND);
  const face = fakeFace();
  face.ask = ({ node = 'gateway-111', kind, target, body }): Promise<OperatorAnswer> => {
    let answer: OperatorAnswer = { outcome: 'no-answer', ms: 1, parts: [] };
    world.request(node, {
      ...{ kind, target, body: new TextEncoder().encode(body) },
      respond: (outcome, text) => {
        answer = { outcome, ms: 1, parts: [new TextDecoder().decode(text)] };
      },
    });
    return Promise.resolve(answer);
  };
  server = await startOperatorServer({ face, log: keptLog().log, port: 0 });
  for (const [name, node] of [
    ['gateway.toml', 'gateway-111'],
    ['gateway-211.toml', 'gateway-211'],
  ] as const) {
    const text = `[metrics]\nbind_addr = "127.0.0.1:${server.port}"\n[orrery]\ntopology = "t"\nnode = "${node}"\n`;
    writeFileSync(join(folder, name), text);
  }
}

/** What a command of the page prints on stdout, with the port of the page. */
async function run(command: string): Promise<string> {
  const port = String(server?.port);
  const words = (programWords(command, () => true) ?? []).map((word) => {
    if (word === PORT) return port;
    return word.endsWith('.toml') ? join(folder, word) : word;
  });
  let said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const program = makeProgram();
  await addCommands(program, (name) => name === words[0]);
  try {
    await program.parseAsync(['node', 'orrery', ...words]);
  } finally {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  }
  // How many metrics a node has is no matter of this page.
  return said.replaceAll(port, PORT).replace(/(running +)\d+/, '$141');
}

describe('R-079: the troubles of a gateway', () => {
  it('are seven, and each has commands', () => {
    expect(sections.map(({ title }) => title)).toEqual(Object.keys(TROUBLES));
    expect(sections.length).toBe(7);
    for (const { commands, outputs } of sections) expect(outputs.length).toBe(commands.length);
  });

  it.each(sections)('$title: the commands print what the page shows', async (section) => {
    const { title, commands, outputs } = section;
    const trouble = TROUBLES[title];
    if (trouble === undefined) throw new Error(`no such trouble: ${title}`);
    await serve(trouble);
    for (const [index, command] of commands.entries()) {
      const shown = await run(command);
      expect(shown.length, command).toBeGreaterThan(0);
      expect(shown, command).toBe(outputs[index]);
    }
  });
});
