/**
 * Turns a TypeScript module into JavaScript for a worker: without types, and with `require` instead of imports. Lines
 * keep their numbers, columns change.
 *
 * @module
 */
import { decode } from '@jridgewell/sourcemap-codec';
import { transform } from 'sucrase';

/** A module that can be run. */
export interface StrippedModule {
  /** The body of a function with the parameters `require` and `exports`. */
  readonly code: string;
  /** The column of the source at a column of the code, both from 1. */
  readonly sourceColumn: (line: number, column: number) => number;
}

/** Strips a module. @throws SyntaxError with the place in its `loc`, both from 1. */
export function stripTypes(text: string, path: string): StrippedModule {
  const { code, sourceMap } = transform(text, {
    transforms: ['typescript', 'imports'],
    disableESTransforms: true,
    filePath: path,
    sourceMapOptions: { compiledFilename: path },
  });
  const lines = decode(sourceMap?.mappings ?? '');
  return {
    code,
    sourceColumn: (line, column): number => {
      const found = lines[line - 1]?.findLast(([at]) => at < column);
      return found === undefined ? column : column - found[0] + (found[3] ?? found[0]);
    },
  };
}
