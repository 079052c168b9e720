/**
 * Bad scenario files whose text cannot be parsed. `«` and `»` enclose the text that the caret must
 * underline.
 *
 * @module
 */
import { BASE, HEAD } from './parts.ts';
import type { BadFile } from './row.ts';

/** As many maps in each other as are allowed. */
const MAPS = Array.from({ length: 64 }, (_, level) => `${' '.repeat(level)}a:\n`).join('');

/** Mistakes in the syntax. */
export const BAD_TEXTS: readonly BadFile[] = [
  {
    title: 'a key that occurs twice',
    text: `${BASE}«duration»: 30s\n`,
    code: 'E114',
    says: 'duration: this key occurs twice in the same map (first at line 3)',
  },
  {
    title: 'an alias bomb',
    text: `${BASE}a: «&a» [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n`,
    code: 'E118',
    says: 'anchors are not allowed here (anchor &a)',
    hint: 'repeat the value',
    isFirstOfMany: true,
  },
  {
    title: 'an alias without anchor',
    text: `${HEAD}duration: «*a»\n`,
    code: 'E118',
    says: 'anchors are not allowed here (alias *a)',
    hint: 'repeat the value',
  },
  {
    title: 'a list that is not closed',
    text: `${BASE}seeds: «[»1, 2\nkpis: {}\n`,
    code: 'E119',
    says: 'the list that begins here is not closed',
    hint: 'add ] at its end',
  },
  {
    title: 'a map that is not closed',
    text: `${BASE}traffic:\n  - «{» from: gateway-111\nkpis: {}\n`,
    code: 'E119',
    says: 'the map that begins here is not closed',
  },
  {
    title: 'a quote that is not closed',
    text: `${BASE}question: «"»how fast\n`,
    code: 'E119',
    says: 'the text in quotes that begins here is not closed',
  },
  {
    title: 'maps in maps',
    text: `${BASE}${MAPS}${' '.repeat(64)}«b»: 1\n`,
    code: 'E119',
    says: 'lists and maps are nested more than 64 deep here',
  },
  {
    title: 'two colons in a line',
    text: `${BASE}question: «fast»: yes\n`,
    code: 'E119',
    says: 'a second key begins here',
    hint: 'put a value that holds ": " in quotes',
    caretOnly: 'f',
  },
  {
    title: 'two documents',
    text: `${BASE}«---»\nname: other\n`,
    code: 'E119',
    says: 'a second document begins here',
  },
  {
    title: 'a tag',
    text: `${HEAD}duration: «!time» 60s\n`,
    code: 'E119',
    says: 'tags are not allowed here',
  },
  {
    title: 'a value that begins with @',
    text: `${BASE}question: «@»home\n`,
    code: 'E119',
    says: 'a value cannot begin with this character',
    hint: 'put the value in quotes',
  },
  {
    title: 'a list as a key',
    text: `${BASE}? «[c]»\n: 1\n`,
    code: 'E119',
    says: 'a list or map is used as a key',
  },
  {
    title: 'a NUL character',
    text: `${BASE}question: a«\0»b\n`,
    code: 'E119',
    says: 'found a NUL character',
  },
  {
    title: 'wrong indentation of a list',
    text: `${BASE}seeds:\n  - 1\n« »- 2\n`,
    code: 'E119',
    says: 'this line begins in a different column from the list above',
  },
  {
    title: 'a tab as indentation',
    text: `${BASE}traffic:\n«\t»- { from: gateway-111 }\n`,
    code: 'E120',
    says: 'a tab is used for indentation',
    hint: 'use spaces',
  },
];
