/**
 * Takes topologies from files of other programs: finds the importer that a key of the `import` entry
 * names, reads the file, and reports mistakes at their place in that file (docs/spec/topology-files.md,
 * "Imported topologies"). Mistakes found by an importer are E119.
 *
 * The only protocol whose file format is known here is SCION's, because importers of protocols cannot
 * express interface numbers and autonomous systems. Graphs belong to no protocol.
 *
 * @module
 */
import { z } from 'zod';
import type { TopologyImporter } from '../../engine/host/importer.ts';
import type { BuildContext } from '../assemble/context.ts';
import type { TopologyDraft } from '../assemble/draft.ts';
import { ConfigError } from '../files/config-error.ts';
import { findFileBeside } from '../files/find-file.ts';
import { textLeaf } from '../files/leaf.ts';
import { collectConfigErrors } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import { readText } from '../files/source.ts';
import { draftOfGeneratedTopology } from '../generate/draft-of-made.ts';
import { generatedSizeMistake } from '../generate/size-mistake.ts';
import { gmlImporter } from './gml.ts';
import { graphmlImporter } from './graphml.ts';
import { importScionTopoFile, SCION_IMPORT_KEY, scionImportSchema } from './scion.ts';

/** Largest file, bytes; the largest files are traces of contacts, with a line for each contact. */
const LIMIT_BYTES = 64e6;

/** Importers that every file can ask for; `defaults` of the file determines what their nodes run. */
export const BUILT_IN_IMPORTERS: readonly TopologyImporter[] = [gmlImporter, graphmlImporter];

/** An importer and the protocol it belongs to, if any. */
interface Offer {
  readonly importer: TopologyImporter;
  readonly protocol?: string;
}

/** The schema of the entry `import` with these importers. */
export function makeImportSchema(importers: readonly TopologyImporter[]): z.ZodObject {
  const own = importers.map((importer) => [importer.name, entrySchema(importer).optional()]);
  return z.strictObject({
    [SCION_IMPORT_KEY]: scionImportSchema.optional(),
    ...Object.fromEntries(own),
  });
}

/** Schema of one importer's entry: a path, or a map with the path and parameters. */
function entrySchema({ parameters, help }: TopologyImporter): z.ZodType {
  const file = textLeaf('the path of a file');
  const { shape } = parameters as z.ZodObject;
  return z.union([file, z.strictObject({ file, ...shape })]).meta({ description: help });
}

/** Drafts of what the entry names; mistakes are recorded in the context. */
export function importedDrafts(context: BuildContext, entry: unknown): readonly TopologyDraft[] {
  if (entry === undefined) return [];
  const offers = offersOf(context.registry);
  const schema = makeImportSchema(offers.map(({ importer }) => importer));
  const root = [...context.root, 'import'];
  const input = context.problems.check(context.source, schema, entry, root);
  const drafts = Object.entries(input ?? {}).map(([key, value]) => {
    if (key === SCION_IMPORT_KEY)
      return importScionTopoFile(context, scionImportSchema.parse(value));
    const offer = offers.find(({ importer }) => importer.name === key);
    return offer === undefined ? undefined : draftOf(context, offer, value);
  });
  const whole = drafts.filter((draft) => draft !== undefined);
  if (input === undefined || whole.length < drafts.length) context.problems.miss('nodes');
  return whole;
}

function offersOf(registry: ProtocolLookup): readonly Offer[] {
  const own = registry.names.flatMap((protocol) =>
    (registry.protocols(protocol)?.importers ?? []).map((importer) => ({ importer, protocol })),
  );
  return [...BUILT_IN_IMPORTERS.map((importer): Offer => ({ importer })), ...own];
}

function draftOf(
  context: BuildContext,
  { importer, protocol }: Offer,
  value: unknown,
): TopologyDraft | undefined {
  const isPath = typeof value === 'string';
  const { file, ...given } = (isPath ? { file: value } : value) as { readonly file: string };
  // The schema of the entry has already checked the value; if it is a map, the schema has also
  // filled in the defaults.
  const parameters = isPath ? (importer.parameters as z.ZodType).parse({}) : given;
  const path = ['import', importer.name];
  const { files } = context.registry.machine;
  const found = findFileBeside(file, context.source.path, files);
  if ('message' in found) {
    context.refuse('E116', path, found.message, found.hint);
    return undefined;
  }
  const limits = { files, limitBytes: LIMIT_BYTES, tooLargeHint: 'split the file' };
  return collectConfigErrors(context.problems, () => {
    const source = readText(found.path, limits);
    const imported = importer.read(source.text, parameters);
    if (imported.kind === 'mistakes') {
      const issues = imported.mistakes.map((one) => source.issue({ code: 'E119', ...one }));
      throw new ConfigError(issues);
    }
    const { nodes, links } = imported.topology;
    if (nodes.length === 0) {
      const isEmpty = source.text.trim() === '';
      const told = isEmpty ? ['there is nothing in it'] : imported.warnings;
      const why = told.length === 0 ? 'no contact is left of what it says' : told.join('; ');
      context.refuse('E121', path, `${file} gives no nodes: ${why}`);
      return undefined;
    }
    for (const warning of imported.warnings) context.warn(`${file}: ${warning}`);
    const excess = generatedSizeMistake({ nodes: nodes.length, links: links.length });
    if (excess === undefined) return draftOfGeneratedTopology(imported.topology, path, protocol);
    context.refuse('E104', path, `${file} ${excess}`);
    return undefined;
  });
}
