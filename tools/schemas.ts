/**
 * Writes the JSON Schemas of topologies, scenarios and deployments for editors: `npm run schemas`.
 * With `--check` it writes nothing and fails if a file is stale.
 *
 * The schemas come from the same zod schemas that check the files (docs/spec/scenario-files.md). The
 * generators of topologies come from the shipped protocols, so that a protocol of your own changes
 * none of them.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { deploymentSchema } from '../runner/distributed/deployment/deployment-schema.ts';
import { scenarioSchema } from '../scenarios/files/schema.ts';
import { shippedProtocols } from '../scenarios/open/registry.ts';
import { profileSchema } from '../scenarios/profiles/profile-schema.ts';
import { textLeaf } from '../topologies/files/leaf.ts';
import { BUILT_IN_GENERATORS } from '../topologies/generate/built-in-generators.ts';
import { BUILT_IN_IMPORTERS, makeImportSchema } from '../topologies/import/import.ts';
import { protocolNameLeaf, topologySchema } from '../topologies/schema/topology.ts';

const FOLDER = fileURLToPath(new URL('../schemas', import.meta.url));

/** The texts of the schema files, by file name. */
export function schemaTexts(): Readonly<Record<string, string>> {
  const topology = withRules();
  return {
    'calibration.schema.json': schemaText(profileSchema),
    'deployment.schema.json': schemaText(deploymentSchema),
    'scenario.schema.json': schemaText(withTopology(topology)),
    'topology.schema.json': schemaText(topology),
  };
}

/** The schema of topologies, in which `generate` and `import` list the parameters of each generator and importer. */
function withRules(): z.ZodType {
  const { generate } = topologySchema.shape;
  const own = shippedProtocols().flatMap(({ generators = [] }) => generators);
  const kinds = [...BUILT_IN_GENERATORS, ...own].map(({ name, parameters }) => {
    const { shape } = parameters as z.ZodObject;
    return z.strictObject({ kind: z.literal(name), ...shape });
  });
  const [first, ...others] = kinds;
  assert(first !== undefined, 'there are plain generators');
  const ofModule = z.looseObject({
    kind: textLeaf('the name of a generator').meta({
      description: 'A generator of that protocol.',
    }),
    run: protocolNameLeaf.meta({ description: 'The protocol, or the path of its module.' }),
  });
  const form = z.union([z.discriminatedUnion('kind', [first, ...others]), ofModule]);
  const importers = shippedProtocols().flatMap(({ importers: own = [] }) => own);
  const read = makeImportSchema([...BUILT_IN_IMPORTERS, ...importers]);
  return topologySchema
    .extend({
      generate: form.meta({ ...generate.unwrap().meta() }).optional(),
      import: read.meta({ ...topologySchema.shape.import.unwrap().meta() }).optional(),
    })
    .meta({ ...topologySchema.meta() });
}

/** The schema of scenarios, with this schema for the topology inside. */
function withTopology(topology: z.ZodType): z.ZodType {
  const { topology: field } = scenarioSchema.shape;
  const [name] = field.options;
  return scenarioSchema
    .extend({ topology: z.union([name, topology]).meta({ ...field.meta() }) })
    .meta({ ...scenarioSchema.meta() });
}

function schemaText(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
    override: ({ zodSchema, jsonSchema }) => describe(jsonSchema, z.globalRegistry.get(zodSchema)),
  });
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/**
 * Restores what zod omits for schemas that transform their values, and adds the unit for readers.
 */
function describe(json: z.core.JSONSchema.BaseSchema, meta: z.core.GlobalMeta | undefined): void {
  const examples = meta?.['examples'];
  const standard = meta?.['default'];
  if (Array.isArray(examples)) json.examples = examples;
  if (standard !== undefined) json.default = standard as z.core.JSONSchema._JSONSchema & boolean;
  // `expects` is used in messages only.
  delete json['expects'];
  if (json['unit'] === undefined) return;
  const words = [json.description, `Write ${json['unit']}.`].filter((one) => one !== undefined);
  json.description = words.join(' ');
  delete json['unit'];
}

/** Names of schema files that are missing or out of date. */
export function staleSchemas(): readonly string[] {
  return Object.entries(schemaTexts())
    .filter(([name, text]) => {
      const path = join(FOLDER, name);
      return !existsSync(path) || readFileSync(path, 'utf8') !== text;
    })
    .map(([name]) => name);
}

function main(): void {
  const stale = staleSchemas();
  if (process.argv.includes('--check')) {
    for (const name of stale) console.error(`schemas/${name} is stale: npm run schemas`);
    process.exitCode = stale.length > 0 ? 1 : 0;
    return;
  }
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of Object.entries(schemaTexts())) {
    writeFileSync(join(FOLDER, name), text);
    console.log(`schemas/${name}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
