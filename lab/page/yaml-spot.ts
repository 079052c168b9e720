/**
 * Finds the place of the cursor in a YAML text that is being written and may therefore be broken: the keys that lead to it,
 * and whether a key or a value stands there. Reads block style by its columns and flow style by its brackets, from
 * the start of the text to the cursor only.
 *
 * @module
 */

/** The place of the cursor. */
export interface YamlSpot {
  /** Keys and indices that lead to the key that is being written, or to the value. */
  readonly path: readonly (string | number)[];
  readonly isKey: boolean;
  /** The part of the key or value that is before the cursor. */
  readonly word: string;
}

interface Block {
  readonly column: number;
  readonly key: string | number;
}

interface Flow {
  readonly isMap: boolean;
  key: string | number | undefined;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s:#{}[\],"'-][^:#{}[\],]*?)\s*:(?=\s|$)/;

/** The rest of a longer line is not read: the patterns may take a time quadratic in its length. */
const LINE_CHARS_MAX = 2_000;

/** A comment, a quoted word, a punctuation mark, another word, or spaces. */
const FLOW_TOKENS =
  /(?:^|\s+)#.*|"(?:[^"\\]|\\.)*"?|'[^']*'?|[{}[\],]|:(?=\s|$)|[^"'{}[\],:\s]+|:|\s+/g;

/** Finds the place of a cursor. @param offset UTF-16 code units before the cursor. */
export function yamlSpot(text: string, offset: number): YamlSpot {
  const reader = new SpotReader();
  for (const line of text.slice(0, offset).split('\n')) reader.read(line);
  return reader.spot();
}

class SpotReader {
  readonly #blocks: Block[] = [];
  readonly #flows: Flow[] = [];
  #isKey = true;
  #word = '';

  read(whole: string): void {
    const line = whole.slice(0, LINE_CHARS_MAX);
    const start = line.search(/\S|$/);
    if (this.#flows.length > 0) this.#readFlow(line);
    else if (line[start] !== '#') this.#readBlock(line, start);
  }

  spot(): YamlSpot {
    const flow = this.#flows.at(-1);
    const keys = this.#flows.slice(0, -1).map(({ key }) => key);
    const last = flow !== undefined && (!flow.isMap || !this.#isKey) ? [flow.key] : [];
    const inFlow = [...keys, ...last].filter((key) => key !== undefined);
    const path = [...this.#blocks.map(({ key }) => key), ...inFlow];
    return { path, isKey: this.#isKey, word: this.#word };
  }

  #readBlock(line: string, start: number): void {
    let column = start;
    for (let item = /^-(\s+|$)/.exec(line.slice(column)); item !== null; ) {
      this.#leave(column, false);
      const before = this.#lastAt(column);
      if (before !== undefined) this.#blocks.pop();
      const key = typeof before === 'number' ? before + 1 : 0;
      this.#blocks.push({ column, key });
      column += item[0].length;
      item = /^-(\s+|$)/.exec(line.slice(column));
    }
    const rest = line.slice(column);
    const key = KEY.exec(rest);
    this.#leave(column, true);
    this.#isKey = key === null && !/^["'{[]/.test(rest);
    this.#word = rest;
    if (key !== null) {
      this.#blocks.push({ column, key: unquoted(key[1] ?? '') });
      this.#word = rest.slice(key[0].length).trimStart();
    }
    if (/^[{[]/.test(this.#word)) this.#readFlow(this.#word);
  }

  /** Ends the blocks that begin right of a column, and those at the column if they are keys. */
  #leave(column: number, isKey: boolean): void {
    const isOver = (block: Block): boolean =>
      block.column > column || (isKey && block.column === column && typeof block.key === 'string');
    while (this.#blocks.length > 0 && isOver(this.#blocks.at(-1) as Block)) this.#blocks.pop();
    const last = this.#blocks.at(-1);
    // A list may begin at the column of its key; a key at the column of a list ends the list.
    if (isKey && typeof last?.key === 'number' && last.column === column) {
      this.#blocks.pop();
      this.#leave(column, true);
    }
  }

  /** The index of the list at a column; undefined if there is none. */
  #lastAt(column: number): number | undefined {
    const last = this.#blocks.at(-1);
    return last?.column === column && typeof last.key === 'number' ? last.key : undefined;
  }

  #readFlow(line: string): void {
    this.#word = '';
    for (const [token] of line.matchAll(FLOW_TOKENS)) {
      // A comment goes to the end of the line.
      if (/^\s*#/.test(token)) return;
      if (!this.#takeMark(token)) this.#word = (this.#word + token).trimStart();
    }
  }

  /** Takes a bracket, comma or colon; false for other tokens. */
  #takeMark(token: string): boolean {
    const flow = this.#flows.at(-1);
    if (token === '{' || token === '[') {
      this.#flows.push({ isMap: token === '{', key: token === '{' ? undefined : 0 });
      this.#isKey = token === '{';
    } else if (token === '}' || token === ']') {
      this.#flows.pop();
      this.#isKey = false;
    } else if (token === ',' && flow !== undefined) {
      flow.key = flow.isMap ? undefined : Number(flow.key) + 1;
      this.#isKey = flow.isMap;
    } else if (token === ':' && flow?.isMap === true && this.#isKey) {
      flow.key = unquoted(this.#word.trim());
      this.#isKey = false;
    } else return false;
    this.#word = '';
    return true;
  }
}

function unquoted(key: string): string {
  return key.replace(/^["']|["']$/g, '');
}
