/**
 * The types of the port, as the editor of the Lab completes them (lab/page/port-help.ts).
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { PortWords } from '../../lab/page/port-help.ts';

/** Longest shown type of a member, characters. */
const TYPE_CHARS_MAX = 60;

/** Reads the exported types of the files in a folder. */
export function portWords(folder: string): PortWords {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const declared = files.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [...ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true).statements];
  });
  return Object.fromEntries(
    declared
      .filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
      .map((one) => [one.name.text, { doc: docOf(one), members: membersOf(one).map(memberOf) }]),
  );
}

function membersOf(
  one: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
): readonly ts.TypeElement[] {
  if (ts.isInterfaceDeclaration(one)) return one.members;
  return ts.isTypeLiteralNode(one.type) ? one.type.members : [];
}

function memberOf(member: ts.TypeElement): PortWords[string]['members'][number] {
  const name = member.name?.getText() ?? '';
  const whole = member.getText().slice(member.getText().indexOf(name) + name.length);
  const type = whole.replace(/\s+/g, ' ').replace(/^\??: |;$/g, '');
  const shown = type.length > TYPE_CHARS_MAX ? `${type.slice(0, TYPE_CHARS_MAX)}…` : type;
  return { name, type: shown, doc: docOf(member) };
}

/** The first sentence of a comment. */
function docOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comment?.comment) ?? '';
  const plain = text.replace(/\{@link ([\w.]+)\}/g, '$1').replace(/\s+/g, ' ');
  return /^.*?[.:](?= |$)/.exec(plain)?.[0] ?? plain;
}
