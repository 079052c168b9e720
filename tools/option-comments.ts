/**
 * The comments above the options in the schemas of a protocol.
 *
 * @module
 */
import ts from 'typescript';

/** A source file of the protocol's folder. */
export interface ProtocolSourceFile {
  readonly path: string;
  readonly text: string;
}

type Initializers = ReadonlyMap<string, ts.Expression>;

/**
 * Comments by the path of their option, without the brackets of lists (`rules.role`).
 * @param root Name of the constant that holds the schema of all options.
 */
export function optionComments(
  sources: readonly ProtocolSourceFile[],
  root: string,
): ReadonlyMap<string, string> {
  const schemas = new Schemas(sources);
  const found = new Map<string, string>();
  const visit = (node: ts.Node, above: string): void => {
    for (const property of schemas.propertiesOf(node)) {
      const path = `${above}${property.name?.getText() ?? ''}`;
      if ((found.get(path) ?? '') === '') found.set(path, commentAbove(property));
      visit(schemaOf(property), `${path}.`);
    }
  };
  const schema = schemas.named(root);
  if (schema !== undefined) visit(schema, '');
  return found;
}

function schemaOf(property: ts.ObjectLiteralElementLike): ts.Node {
  return ts.isPropertyAssignment(property) ? property.initializer : (property.name ?? property);
}

/** The schemas of the files of a folder. */
class Schemas {
  readonly #own: ReadonlyMap<ts.SourceFile, Initializers>;
  readonly #all: Initializers;

  constructor(sources: readonly ProtocolSourceFile[]) {
    const parsed = sources
      .filter(({ text }) => text.includes("from 'zod'"))
      .map(({ path, text }) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
    this.#own = new Map(parsed.map((file) => [file, initializersOf(file)]));
    this.#all = new Map([...this.#own.values()].flatMap((one) => [...one]));
  }

  named(name: string): ts.Expression | undefined {
    return this.#all.get(name);
  }

  /** The properties of the objects that a schema is made of. */
  propertiesOf(node: ts.Node): readonly ts.ObjectLiteralElementLike[] {
    if (ts.isIdentifier(node)) {
      const schema = this.#own.get(node.getSourceFile())?.get(node.text) ?? this.named(node.text);
      return schema === undefined ? [] : this.propertiesOf(schema);
    }
    if (ts.isPropertyAccessExpression(node)) return this.propertiesOf(node.expression);
    if (ts.isArrayLiteralExpression(node)) return this.#ofAll(node.elements);
    if (!ts.isCallExpression(node)) return [];
    const [first] = node.arguments;
    const isObject = /^z\s*\.strictObject$/.test(node.expression.getText());
    if (isObject && first !== undefined && ts.isObjectLiteralExpression(first)) {
      return this.#withSpread(first);
    }
    return this.#ofAll([node.expression, ...node.arguments]);
  }

  /** The properties of an object, and of those that are spread into it. */
  #withSpread(object: ts.ObjectLiteralExpression): readonly ts.ObjectLiteralElementLike[] {
    return object.properties.flatMap((property) => {
      if (!ts.isSpreadAssignment(property)) return [property];
      const { expression } = property;
      const own = this.#own.get(expression.getSourceFile())?.get(expression.getText());
      return own !== undefined && ts.isObjectLiteralExpression(own) ? this.#withSpread(own) : [];
    });
  }

  #ofAll(nodes: readonly ts.Node[]): readonly ts.ObjectLiteralElementLike[] {
    return nodes.flatMap((node) => this.propertiesOf(node));
  }
}

function initializersOf(file: ts.SourceFile): Initializers {
  const declared = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => [...statement.declarationList.declarations]);
  return new Map(
    declared.flatMap(({ name, initializer }) =>
      initializer === undefined ? [] : [[name.getText(), initializer] as const],
    ),
  );
}

function commentAbove(node: ts.Node): string {
  const text = node.getSourceFile().text;
  const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  const last = ranges.at(-1);
  if (last === undefined || !text.startsWith('/**', last.pos)) return '';
  return text
    .slice(last.pos + '/**'.length, last.end - '*/'.length)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
}
