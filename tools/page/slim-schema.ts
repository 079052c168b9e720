/**
 * Reduces a JSON schema to what the editor of the Lab reads (lab/page/schema-words.ts), which has half
 * the compressed size.
 *
 * @module
 */

type Schema = Readonly<Record<string, unknown>>;

const LISTS = ['anyOf', 'oneOf', 'allOf'];
const KEPT = ['description', 'enum', 'const'];

/** Drops bounds, patterns and examples, and puts definitions that are named once into their places. */
export function slimSchema(root: Schema): Schema {
  const definitions = root['$defs'] as Readonly<Record<string, Schema>>;
  const nameOf = (ref: unknown): string => String(ref).replace('#/$defs/', '');
  const refs = [...JSON.stringify(root).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
  const isOnce = (ref: unknown): boolean =>
    refs.indexOf(ref as string) === refs.lastIndexOf(ref as string);
  const left: Record<string, Schema> = {};

  const slim = (schema: Schema): Schema => {
    const parts = Object.entries(schema).map(([key, value]) => [key, slimPart(key, value)]);
    const made = Object.fromEntries(parts.filter(([, value]) => value !== undefined));
    return schema['$ref'] === undefined ? made : withTarget(made, schema['$ref']);
  };
  const slimPart = (key: string, value: unknown): unknown => {
    if (KEPT.includes(key)) return value;
    if (key === 'type') return value === 'boolean' ? value : undefined;
    if (typeof value !== 'object') return undefined;
    if (LISTS.includes(key)) return (value as readonly Schema[]).map(slim);
    if (key === 'properties') return slimEach(value as Readonly<Record<string, Schema>>);
    return ['items', 'additionalProperties'].includes(key) ? slim(value as Schema) : undefined;
  };
  const slimEach = (schemas: Readonly<Record<string, Schema>>): Schema =>
    Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, slim(one)]));
  const withTarget = (made: Schema, ref: unknown): Schema => {
    const name = nameOf(ref);
    const target = definitions[name] ?? {};
    if (isOnce(ref)) return { ...slim(target), ...made };
    if (left[name] === undefined) {
      left[name] = {};
      left[name] = slim(target);
    }
    return { ...made, $ref: ref };
  };

  return { ...slim(root), $defs: left };
}
