/**
 * A protocol is its folder: code outside nodes/ does not name one. Names in examples of messages and
 * descriptions are for readers; they are texts of several words.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { knownProtocols, loadAddedProtocols } from '../../scenarios/open/registry.ts';
import { repositoryFiles, type TextFile } from './files.ts';

const FOLDERS = /^(engine|topologies|scenarios|runner|reports|cli|services|viz|lab)\/.*\.ts$/;
/** The list of protocols, written by `npm run protocols`. */
const GENERATED = /\/generated\//;

/** Texts that are words of something else. */
const OTHER_MEANINGS: ReadonlySet<string> = new Set([
  // The key of `import`, and the protocol of the file format that it reads.
  "topologies/import/scion.ts 'scion'",
  // What runs where that format names a control service.
  "topologies/import/scion.ts 'control-service'",
  // An example in the help.
  "cli/dissect.ts 'gateway'",
  // A question that every SCION host answers.
  "services/gateway/grpc-calls.ts 'ping'",
  // A command, and one of its tools.
  "cli/commands.ts 'scion'",
  "cli/scion.ts 'scion'",
  "cli/scion.ts 'ping'",
  // A command.
  "cli/commands.ts 'gateway'",
  "cli/gateway.ts 'gateway'",
  // Keys that name files: the same key.
  "runner/injection/scenario-document.ts 'scion'",
  // A priority of traffic.
  "scenarios/files/traffic-schema.ts 'bulk'",
  // An event of a WebSocket.
  "engine/live/faces/paced-socket.ts 'ping'",
  // Not the protocol, but what arrives.
  "engine/net/sim-world.ts 'datagram'",
  "engine/net/sim-host.ts 'datagram'",
  "runner/crash/crash-context.ts 'datagram'",
  "runner/calibration/timed-world.ts 'datagram'",
  // Examples of names for editors.
  "topologies/schema/topology.ts 'gateway'",
  "topologies/schema/topology.ts 'scion'",
]);

/** Protocols that a file names in code, as `path 'name'`. */
function named({ path, text }: TextFile, names: readonly string[]): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const words = names.filter((name) => new RegExp(`['"\`]${name}['"\`]`).test(code));
  return words.map((name) => `${path} '${name}'`);
}

await loadAddedProtocols();

describe('code outside nodes/', () => {
  const names = knownProtocols().map(({ name }) => name);
  const found = repositoryFiles()
    .filter(({ path }) => FOLDERS.test(path) && !GENERATED.test(path))
    .flatMap((file) => named(file, names));

  it('names no protocol: what it wants to know is a field of `Protocol`', () => {
    expect(found.filter((one) => !OTHER_MEANINGS.has(one))).toEqual([]);
  });

  it('has no exception that is not needed', () => {
    expect([...OTHER_MEANINGS].filter((one) => !found.includes(one))).toEqual([]);
  });

  it('is found when it does', () => {
    const path = 'topologies/assemble/address-plan.ts';
    const text =
      "/** Not 'gateway'. */\n// 'ping'\nif (node.protocol === 'gateway') return EDGE;\n";
    expect(named({ path, text }, ['gateway', 'ping'])).toEqual([`${path} 'gateway'`]);
  });
});
