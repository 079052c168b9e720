/**
 * `orrery dissect PROTOCOL...`: prints a dissector for Wireshark, made from the layouts by which the
 * browser view shows packets (`nodes/<p>/viz-fields.ts`).
 *
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { EnvironmentError, systemErrorCode, systemErrorText } from '../engine/live/environment.ts';
import { importModule } from '../engine/live/import-module.ts';
import { commandText } from '../scenarios/command-text.ts';
import { knownProtocols, loadAddedProtocols } from '../scenarios/open/registry.ts';
import {
  type DissectedProtocol,
  luaDissector,
  nestedProtocolNames,
  type PortRange,
} from '../viz/format/lua-dissector.ts';
import { type LayoutSource, layoutForStates } from '../viz/format/packet-layout.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions } from './flags.ts';
import { readFinalNodeStates } from './run-states.ts';

const PORT_MAX = 65_535;
/** UDP ports of links; a run assigns ports of this range. */
const LINK_PORTS: PortRange = { first: 50_000, last: 59_999 };

interface DissectFlags {
  readonly port: readonly PortRange[];
  readonly run?: string;
  readonly out?: string;
}

/** Adds the command `orrery dissect` to the program. */
export function addDissectCommand(program: Command): void {
  addFlagOptions<DissectFlags>(program.command('dissect'), {
    port: new Option('--port <n|n-m>', 'UDP ports to dissect; repeatable')
      .argParser(collectPorts)
      .default([], `${LINK_PORTS.first}-${LINK_PORTS.last}, and those of the protocols`),
    run: new Option('--run <dir>', 'a run whose nodes say the lengths that follow from options'),
    out: new Option('--out <file>', 'write to a file instead of stdout'),
  })
    .argument('<protocol...>', 'protocols, shipped ones or folders under nodes/')
    .summary('print a Wireshark dissector of a protocol')
    .description(
      'Prints a dissector in Lua, by which Wireshark shows the packets of captures (--pcap) by field. ' +
        'See docs/how-to/browser-view.md.',
    )
    .addHelpText(
      'after',
      `\nExample:\n  ${commandText(['dissect', 'gateway'], ['--out', 'gateway.lua'])}\n  wireshark -X lua_script:gateway.lua trace.pcapng`,
    )
    .action(async (names: readonly string[], { port, run, out }: DissectFlags) => {
      const states = run === undefined ? new Map<string, string>() : await readFinalNodeStates(run);
      const protocols = await new Layouts(states).allOf(names);
      const text = luaDissector(protocols, port.length === 0 ? portsOf(protocols) : port);
      if (out === undefined) process.stdout.write(text);
      else writeOut(out, text);
      setExitCode(0);
    });
}

/** Writes the dissector to a file. @throws EnvironmentError if the file cannot be written. */
function writeOut(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new EnvironmentError(`--out: ${file}: ${systemErrorText(code)}`, { cause: error });
  }
}

/** The UDP ports by which the dissector recognises packets in captures: those of links, and those of the protocols. */
function portsOf(protocols: readonly DissectedProtocol[]): readonly PortRange[] {
  const own = protocols.flatMap(({ layout }) => layout.ports ?? []);
  return [LINK_PORTS, ...own.map((port) => ({ first: port, last: port }))];
}

/** Finds the packet layouts of protocols, of the protocols inside their packets and of those around their packets. */
class Layouts {
  readonly #states: ReadonlyMap<string, string>;
  readonly #found = new Map<string, DissectedProtocol>();

  constructor(states: ReadonlyMap<string, string>) {
    this.#states = states;
  }

  async allOf(names: readonly string[]): Promise<readonly DissectedProtocol[]> {
    await loadAddedProtocols();
    for (const name of names) await this.#add(name, 'asked');
    return [...this.#found.values()];
  }

  async #add(name: string, why: 'asked' | 'held'): Promise<void> {
    if (this.#found.has(name)) return;
    const source = await layoutOf(name);
    const layout = source === undefined ? undefined : layoutForStates(source, this.#states);
    if (layout === undefined) {
      if (source !== undefined && why === 'held') return noteUnknown(name);
      throw new FlagError(`dissect: ${whyNot(name, source)}`, name, hintFor(source));
    }
    this.#found.set(name, { name, layout });
    for (const held of nestedProtocolNames(layout)) await this.#add(held, 'held');
    if (layout.within !== undefined) await this.#add(layout.within, 'held');
  }
}

async function layoutOf(name: string): Promise<LayoutSource | undefined> {
  const path = fieldsFile(name);
  if (path === undefined) return undefined;
  const module = (await importModule(path)) as { readonly layout?: LayoutSource };
  return module.layout;
}

/** The URL of the module with a protocol's packet fields; undefined if there is none. */
function fieldsFile(name: string): string | undefined {
  const own = knownProtocols().find((protocol) => protocol.name === name)?.moduleUrl;
  // Packet formats that several protocols share also have a folder in `nodes`, but they are not
  // registered as protocols.
  const beside = knownProtocols()[0]?.moduleUrl.replace(/[^/]+\/[^/]+$/, `${name}/index.ts`);
  const isName = /^[\w-]+$/.test(name);
  for (const base of [own, isName ? beside : undefined]) {
    for (const end of ['ts', 'js']) {
      const url = base === undefined ? undefined : new URL(`./viz-fields.${end}`, base);
      if (url !== undefined && existsSync(fileURLToPath(url))) return url.href;
    }
  }
  return undefined;
}

function whyNot(name: string, source: LayoutSource | undefined): string {
  if (source !== undefined) return `the lengths of ${name} follow from options of a run`;
  const isKnown = knownProtocols().some((protocol) => protocol.name === name);
  return isKnown ? `${name} does not say its layout` : `there is no protocol ${name}`;
}

function hintFor(source: LayoutSource | undefined): string {
  if (source !== undefined) return 'name the folder of a run, such as --run runs/mixnet/latest';
  const names = knownProtocols().flatMap(({ name }) => (fieldsFile(name) ? name : []));
  return `these do: ${names.join(', ')}; your own may in nodes/NAME/viz-fields.ts`;
}

function noteUnknown(name: string): void {
  process.stderr.write(
    `Bytes of ${name} are shown without fields: their lengths follow from options. Give --run DIR.\n`,
  );
}

function collectPorts(text: string, previous: readonly PortRange[]): readonly PortRange[] {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  const isRange = range.first >= 1 && range.first <= range.last && range.last <= PORT_MAX;
  if (isRange) return [...previous, range];
  throw new FlagError(
    `--port: "${text}" is neither a port nor a range`,
    text,
    'write --port 50000-50099',
  );
}
