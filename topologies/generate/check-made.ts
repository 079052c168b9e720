/**
 * Checks what a generator has made, as the schema of files checks what is written in them: names,
 * quantities in their ranges. A generator may be a user's code, whose types nothing checks at run time.
 *
 * @module
 */
import { z } from 'zod';
import type { GeneratedTopology } from '../../engine/host/generator.ts';
import { formatValuePath } from '../files/config-error.ts';
import { isValidName, NAME_HINT } from '../files/leaf.ts';
import { LONGEST_TIME_NS } from '../files/quantity.ts';
import { explainIssues } from '../files/zod-words.ts';

/** Says what is wrong with the result of a generator, and where in it. */
export class InvalidTopologyError extends Error {
  override readonly name = 'InvalidTopologyError';
}

const name = z.string().refine(isValidName, { message: `is not a name: ${NAME_HINT}` });
const options = z.record(z.string(), z.unknown()).optional();
const timeNs = z.int().min(0).max(LONGEST_TIME_NS);
const rateBps = z
  .custom<number>((value) => typeof value === 'number' && value > 0, {
    message: 'is not a rate in bit/s',
  })
  .optional();
const mtu = z.int().min(1).max(65_535).optional();

const node = z.strictObject({
  name,
  run: z.string().optional(),
  options,
  fixedOptions: options,
  machine: name.optional(),
  cores: z.int().min(1).max(1_024).optional(),
  as: z.string().optional(),
  place: z
    .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
    .optional(),
});

const contacts = z.strictObject({
  // May be empty; then the direction is never open, as one direction of a one-way link.
  windows: z.array(
    z.strictObject({ startNs: timeNs, endNs: timeNs, rateBps, delayNs: timeNs.optional() }),
  ),
  periodNs: timeNs.min(1).optional(),
  atEnd: z.enum(['keep', 'drop']).optional(),
});

const direction = z
  .strictObject({
    rateBps,
    delayNs: timeNs.optional(),
    mtu,
    loss: z.number().min(0).max(1).optional(),
    contacts: contacts.optional(),
  })
  .optional();

const link = z.strictObject({
  ends: z.tuple([z.string(), z.string()]),
  id: name.optional(),
  relation: z.enum(['core', 'parent', 'child', 'peer', 'internal']).optional(),
  usual: z.strictObject({ rateBps, delayNs: timeNs.optional() }).optional(),
  both: direction,
  forward: direction,
  backward: direction,
});

const system = z.strictObject({
  id: z.string(),
  core: z.boolean().optional(),
  mtu,
});

const layer = z.strictObject({ on: z.string(), run: z.string().optional(), options });

const schema = z.strictObject({
  nodes: z.array(node),
  links: z.array(link),
  systems: z.array(system).optional(),
  stack: z.array(layer).optional(),
});

/**
 * Checks the topology that a generator has made.
 * @returns `made` itself.
 * @throws InvalidTopologyError with the first mistake.
 */
export function checkGeneratedTopology(made: GeneratedTopology): GeneratedTopology {
  const result = schema.safeParse(made);
  if (result.success) return made;
  const issues = result.error.issues.slice(0, 1);
  const [mistake] = explainIssues({ issues }, schema, made);
  throw new InvalidTopologyError(`${formatValuePath(mistake?.path ?? [])}: ${mistake?.message}`);
}
