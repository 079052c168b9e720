/**
 * What can grow in a node, a service or the live engine: fields and module variables that hold a
 * Map, a Set, an array that changes, or a timer. docs/spec/bounds.md has the bound of each.
 *
 * @module
 */
import ts from 'typescript';
import type { TextFile } from './files.ts';

/** A field or variable that can hold any number of things. */
export interface Holder {
  readonly path: string;
  /** As in the source, without `#`. */
  readonly name: string;
}

const GROWING = new Set(['Map', 'Set', 'Array', 'DueQueue', 'DeadlineHeap', 'RangeSet']);
const TIMERS = new Set(['Timer', 'Timeout', 'Immediate']);

const OPTIONS: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};
const WORTH_READING =
  /\b(Map|Set|Array|DueQueue|DeadlineHeap|RangeSet|Timer|Timeout|Immediate)\b|\[\]/;

/** Every holder of a file, in its order, once by name. */
export function holdersOf({ path, text }: TextFile): readonly Holder[] {
  if (!WORTH_READING.test(text)) return [];
  const found = new Set<string>();
  const source = ts.createSourceFile(path, text, OPTIONS, true);
  const visit = (node: ts.Node): void => {
    const name = holderName(node);
    if (name !== undefined) found.add(name.replace(/^#/, ''));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found].map((name) => ({ path, name }));
}

function holderName(node: ts.Node): string | undefined {
  if (ts.isPropertySignature(node)) {
    return node.type !== undefined && isGrowingType(node.type) ? node.name.getText() : undefined;
  }
  const isVariable = ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent);
  if (!ts.isPropertyDeclaration(node) && !isVariable) return undefined;
  const { type, initializer } = node;
  const grows = (type !== undefined && isGrowingType(type)) || isGrowingValue(initializer);
  return grows ? node.name.getText() : undefined;
}

function isGrowingType(type: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(type)) return type.types.some(isGrowingType);
  if (ts.isArrayTypeNode(type)) return true;
  if (!ts.isTypeReferenceNode(type)) return false;
  const name = type.typeName.getText().split('.').at(-1) ?? '';
  return GROWING.has(name) || TIMERS.has(name);
}

/** An empty collection is one that will be filled; one made from values is as long as these. */
function isGrowingValue(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0;
  if (!ts.isNewExpression(value)) return false;
  return GROWING.has(value.expression.getText()) && (value.arguments ?? []).length === 0;
}
