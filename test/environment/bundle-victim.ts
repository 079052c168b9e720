/**
 * A process that keeps bundles in a store on a real disk until it is killed. Every sync that carries
 * a deletion writes the file anew, so most kills meet a rewrite. It prints what it found and what a
 * sync confirmed.
 *
 * ```text
 *   has N      bundle N was found whole
 *   up         all that was found has been printed
 *   put N      bundle N is durable
 *   gone N     the deletion of bundle N is durable
 * ```
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { FileDisk } from '../../engine/live/file-disk.ts';
import { LiveStore } from '../../engine/live/live-store.ts';

const STDOUT = 1;
/** Bundles that are stored at the same time. */
const STORED = 40;

const [path = '', from = '0'] = process.argv.slice(2);
const store = new LiveStore(new FileDisk(path), (call) => call());
const say = (line: string): void => void writeSync(STDOUT, `${line}\n`);

const stored: number[] = [];
for (const key of store.keys({ prefix: 'bundle/' })) {
  const number = Number(key.slice('bundle/'.length));
  const text = new TextDecoder().decode(store.get(key));
  if (text !== bundleOf(number)) say(`damaged ${key}`);
  say(`has ${number}`);
  stored.push(number);
}
stored.sort((a, b) => a - b);
say('up');
let next = Number(from);
turn();

/** Stores some bundles and deletes the oldest ones, in one sync. */
function turn(): void {
  const put: number[] = [];
  const gone: number[] = [];
  for (let count = 0; count < 1 + (next % 4); count += 1) {
    store.put(`bundle/${next}`, new TextEncoder().encode(bundleOf(next)));
    put.push(next);
    stored.push(next);
    next += 1;
  }
  while (stored.length > STORED) {
    const oldest = stored.shift() as number;
    store.delete(`bundle/${oldest}`);
    gone.push(oldest);
  }
  store.sync((error) => {
    if (error !== undefined) say(`error ${error}`);
    for (const number of put) say(`put ${number}`);
    for (const number of gone) say(`gone ${number}`);
    setImmediate(turn);
  });
}

function bundleOf(number: number): string {
  return `${number} ${'b'.repeat(500 + ((number * 37) % 1_000))} ${number}`;
}
