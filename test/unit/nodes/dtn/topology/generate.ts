/** Loads generated topologies as files do. */
import { afterAll } from 'vitest';
import { ProtocolRegistry } from '../../../../../scenarios/open/registry.ts';
import { loadTopology } from '../../../../../topologies/load.ts';
import type { Topology } from '../../../../../topologies/model.ts';
import { FileFolder } from '../../../../bad-files/fixture.ts';

const registry = new ProtocolRegistry();

/** A function that loads the topology which an entry generates. */
export function generating(): (entry: string) => Topology {
  const files = new FileFolder();
  afterAll(() => files.remove());
  return (entry) => {
    const path = files.write('topologies/own.yaml', `name: own\ngenerate: ${entry}\n`);
    return loadTopology({ path, folders: files.folders, registry });
  };
}

/** A planned window. */
export interface Window {
  readonly startNs: number;
  readonly endNs: number;
}

/** The windows of each link, which are the same both ways. */
export function windowsOf({ links }: Topology): readonly (readonly Window[])[] {
  return links.map(({ forward }) => forward.contacts?.windows ?? []);
}
