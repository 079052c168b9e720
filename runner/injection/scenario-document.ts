/**
 * The YAML document of a scenario as it was run: with the values that flags changed, and with paths
 * of other files that stay valid if it is written to another folder.
 *
 * @module
 */
import { type Document, parseDocument, visit } from 'yaml';
import { fileNameOfPath, folderOfPath, resolvePath } from '../../engine/pure/paths.ts';
import type { NamedScenario } from '../../scenarios/files/find-scenario.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { findFile } from '../../topologies/files/find-file.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import {
  applyOverrides,
  overridesBelowKey,
  overridesFromRecord,
} from '../../topologies/files/overrides.ts';

/** Where the files of a scenario are. */
type Places = Pick<NamedScenario, 'folders' | 'registry'>;

/** Keys whose values may be paths relative to the scenario file. */
const FILE_KEYS: ReadonlySet<string> = new Set(['file', 'run', 'scion']);

/**
 * The YAML document of a scenario with the values that flags changed; files next to it are named by
 * their full path.
 */
export function makeScenarioDocument(scenario: Scenario, places: Places): Document {
  const { files } = places.registry.machine;
  const path = resolvePath(files.folder, scenario.file);
  const document = parseDocument(textAt(path, files), { prettyErrors: false });
  const overrides = overridesFromRecord(scenario.overrides);
  applyOverrides(document, overrides, ['topology']);
  placeTopology(document, scenario, { path, places });
  nameFiles(document, folderOfPath(path), files);
  return document;
}

/** The text of a file that was read before. */
export function textAt(path: string, files: MachineFiles): string {
  return new TextDecoder().decode(files.read(path, () => undefined));
}

/**
 * Sets `topology`: the name of a shipped file is kept, another file is named by its full path, and a
 * changed topology is embedded.
 */
function placeTopology(
  document: Document,
  { overrides }: Scenario,
  { path, places }: { readonly path: string; readonly places: Places },
): void {
  const value: unknown = document.get('topology');
  if (typeof value !== 'string') return;
  const { files } = places.registry.machine;
  const { topologies } = places.folders;
  const own = folderOfPath(path);
  const folders = value.includes('/') ? [own, topologies] : [topologies, own];
  const found = findFile(value, { files, folders, labels: [] });
  if ('message' in found) return;
  const changes = overridesBelowKey(overridesFromRecord(overrides), 'topology');
  const folder = folderOfPath(found.path);
  if (changes.length === 0) {
    const isShipped = folder === resolvePath(files.folder, topologies);
    document.set('topology', isShipped ? fileNameOfPath(found.path) : found.path);
    return;
  }
  const topology = parseDocument(textAt(found.path, files), { prettyErrors: false });
  applyOverrides(topology, changes, []);
  nameFiles(topology, folder, files);
  document.set('topology', topology.contents);
}

/** Replaces file names relative to the scenario's folder by full paths. */
function nameFiles(document: Document, folder: string, files: MachineFiles): void {
  visit(document, {
    Pair: (_, pair): void => {
      const { key, value } = pair as { readonly key: Scalar; readonly value: Scalar | null };
      if (!FILE_KEYS.has(String(key?.value)) || typeof value?.value !== 'string') return;
      const path = resolvePath(folder, value.value);
      if (files.isFile(path)) value.value = path;
    },
  });
}

interface Scalar {
  value?: unknown;
}
