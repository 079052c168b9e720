/**
 * The options that name a file or a module of the user, as the schema of a protocol's options says by
 * `meta({ userFile })` and `meta({ userModule })` (engine/host/user-file.ts, engine/host/user-module.ts).
 *
 * @module
 */
import { z } from 'zod';
import type { UserFileReader } from '../../engine/host/user-file.ts';
import type { UserModuleOption } from '../../engine/host/user-module.ts';
import type { ValuePath } from '../files/locate.ts';
import { isOptionalOrDefaultSchema } from '../files/zod-words.ts';

/** Depth at which the search ends: schemas of options are less deep, unless a schema contains itself. */
const DEPTH_MAX = 8;
/** A step of {@link UserPathOption.path} that stands for every entry of a list or map. */
export const EACH_ENTRY = '*';

/** An option whose value is the path of a user's file or module, with its position in the options of a protocol. */
export type UserPathOption = { readonly path: readonly string[] } & (
  | { readonly kind: 'file'; readonly file: UserFileReader }
  | { readonly kind: 'module'; readonly module: UserModuleOption }
);

/** Finds the options of a schema that name files or modules. */
export function findUserPathOptions(schema: unknown): readonly UserPathOption[] {
  return optionsIn(schema, [], DEPTH_MAX);
}

/** The values that the options `value` have along the path of an option, each with its own path. */
export function valuesOfOption(
  value: unknown,
  steps: readonly string[],
  done: ValuePath = [],
): readonly { readonly value: unknown; readonly path: ValuePath }[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [{ value, path: done }];
  if (value === null || typeof value !== 'object') return [];
  const keys = step === EACH_ENTRY ? Object.keys(value) : [step].filter((key) => key in value);
  return keys.flatMap((key) => {
    const name = Array.isArray(value) ? Number(key) : key;
    return valuesOfOption(Reflect.get(value, key), rest, [...done, name]);
  });
}

function optionsIn(
  schema: unknown,
  path: readonly string[],
  depth: number,
): readonly UserPathOption[] {
  if (depth === 0 || !(schema instanceof z.ZodType)) return [];
  const { userFile, userModule } = schema.meta() ?? {};
  if (userFile !== undefined) return [{ kind: 'file', path, file: userFile as UserFileReader }];
  if (userModule !== undefined)
    return [{ kind: 'module', path, module: userModule as UserModuleOption }];
  if (schema instanceof z.ZodObject) {
    const entries = Object.entries(schema.shape);
    return entries.flatMap(([name, inner]) => optionsIn(inner, [...path, name], depth - 1));
  }
  if (schema instanceof z.ZodArray)
    return optionsIn(schema.element, [...path, EACH_ENTRY], depth - 1);
  if (schema instanceof z.ZodRecord)
    return optionsIn(schema.valueType, [...path, EACH_ENTRY], depth - 1);
  if (schema instanceof z.ZodPipe) return optionsIn(schema.in, path, depth - 1);
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((one) => optionsIn(one, path, depth - 1));
  }
  const isAround = schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly;
  return isAround || isOptionalOrDefaultSchema(schema)
    ? optionsIn(schema.unwrap(), path, depth - 1)
    : [];
}
