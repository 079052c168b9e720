/**
 * Looks up what a JSON schema says about a place in a file: names of keys, allowed words, and what a key means.
 *
 * @module
 */

/** The part of a JSON schema (draft 2020-12) that is read here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
}

/** A word that may stand at a place. */
export interface SchemaWord {
  readonly word: string;
  readonly description: string | undefined;
}

/** Looks up places in one schema. */
export class SchemaWords {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** The keys of the mapping at a path. */
  keysAt(path: readonly (string | number)[]): readonly SchemaWord[] {
    const found = new Map<string, string | undefined>();
    for (const { properties = {} } of this.#at(path)) {
      for (const [word, schema] of Object.entries(properties)) {
        if (!found.has(word)) found.set(word, this.#descriptionOf(schema));
      }
    }
    return [...found].map(([word, description]) => ({ word, description }));
  }

  /** The words that the schema lists as values at a path; none if it lists no words. */
  valuesAt(path: readonly (string | number)[]): readonly SchemaWord[] {
    const words = this.#at(path).flatMap((schema) => [
      ...(schema.enum ?? []),
      ...('const' in schema ? [schema.const] : []),
      ...(schema.type === 'boolean' ? ['true', 'false'] : []),
    ]);
    const scalars = words.filter((word) => ['string', 'number'].includes(typeof word));
    return [...new Set(scalars.map(String))].map((word) => ({ word, description: undefined }));
  }

  /** What the key or value at a path means; undefined if the schema does not say it. */
  meaningOf(path: readonly (string | number)[]): string | undefined {
    const own = path.slice(0, -1);
    const key = path.at(-1);
    if (key === undefined) return this.#root.description;
    const texts = this.#at(own).flatMap((schema) =>
      stepsInto(schema, key).map((one) => this.#descriptionOf(one)),
    );
    return texts.find((text) => text !== undefined);
  }

  #at(path: readonly (string | number)[]): readonly JsonSchema[] {
    let here = this.#alternatives([this.#root]);
    for (const key of path) here = this.#alternatives(here.flatMap((one) => stepsInto(one, key)));
    return here;
  }

  /** The schemas, with all references and alternatives that apply to the same place. */
  #alternatives(schemas: readonly JsonSchema[]): readonly JsonSchema[] {
    const found = new Set<JsonSchema>();
    let open = [...schemas];
    for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
      if (found.has(schema)) continue;
      found.add(schema);
      const { anyOf = [], oneOf = [], allOf = [] } = schema;
      const target = this.#target(schema);
      open = [...open, ...anyOf, ...oneOf, ...allOf, ...(target === undefined ? [] : [target])];
    }
    return [...found];
  }

  #target({ $ref }: JsonSchema): JsonSchema | undefined {
    const name = $ref?.replace(/^#\/\$defs\//, '');
    return name === undefined ? undefined : this.#root.$defs?.[name];
  }

  #descriptionOf(schema: JsonSchema): string | undefined {
    const all = this.#alternatives([schema]);
    const items = all.flatMap(({ items: one }) => (typeof one === 'object' ? [one] : []));
    return [...all, ...this.#alternatives(items)].find(
      ({ description }) => description !== undefined,
    )?.description;
  }
}

function stepsInto(schema: JsonSchema, key: string | number): readonly JsonSchema[] {
  const { properties, additionalProperties, items } = schema;
  if (typeof key === 'number') return typeof items === 'object' ? [items] : [];
  if (properties !== undefined && Object.hasOwn(properties, key)) {
    return [properties[key] as JsonSchema];
  }
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}
