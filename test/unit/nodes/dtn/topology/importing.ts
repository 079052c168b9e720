/** Loads topologies that import files of other programs. */
import { ProtocolRegistry } from '../../../../../scenarios/open/registry.ts';
import { ConfigError } from '../../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../../topologies/load.ts';
import type { Topology } from '../../../../../topologies/model.ts';
import { FileFolder } from '../../../../bad-files/fixture.ts';

/** The files of a test file, which removes them. */
export const files = new FileFolder();
const registry = new ProtocolRegistry();
const NS_PER_S = 1e9;

export function importing(entry: string, name: string, text: string): Topology {
  files.write(`topologies/${name}`, text);
  const path = files.write('topologies/own.yaml', `name: own\nimport: ${entry}\n`);
  return loadTopology({ path, folders: files.folders, registry });
}

export const ion = (text: string): Topology => importing('{ ion: plan.ionrc }', 'plan.ionrc', text);
export const hdtn = (plan: unknown): Topology =>
  importing('{ hdtn: plan.json }', 'plan.json', JSON.stringify(plan, undefined, 1));
export const trace = (text: string, more = ''): Topology =>
  importing(`{ trace: { file: trace.txt${more} } }`, 'trace.txt', text);

/** The message for a file, without the path of the temporary folder. */
export function mistakeIn(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/topologies\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

/** Each contact as one line: from, to, start, end, bit/s, light ms. */
export function contactsOf({ links }: Topology): readonly string[] {
  return links
    .flatMap(({ a, b, forward, backward }) =>
      [[a.host, b.host, forward] as const, [b.host, a.host, backward] as const].flatMap(
        ([from, to, direction]) =>
          (direction.contacts?.windows ?? []).map(({ startNs, endNs, rateBps, delayNs = 0 }) =>
            [from, to, startNs / NS_PER_S, endNs / NS_PER_S, rateBps, delayNs / 1e6].join(' '),
          ),
      ),
    )
    .sort();
}
