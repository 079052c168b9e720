/**
 * The process that is killed. It writes a store on a real disk, with a replay window of the gateway
 * on top. Before each next step it prints what it offered, what was accepted and what is durable.
 *
 * ```text
 *   up FIRST LAST    records that were found, -1 -1 for none
 *   o N, a N, r N    number offered, accepted, refused
 *   s N              record N is durable
 * ```
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { FileDisk } from '../../engine/live/file-disk.ts';
import { LiveStore } from '../../engine/live/live-store.ts';
import { DurableReplayWindow } from '../../nodes/_kit/reserved-window.ts';
import { AGAIN, RESERVE, WINDOW } from './victim-numbers.ts';

const STDOUT = 1;
const OFFERS_PER_TURN = 5;
const KEPT_RECORDS = 40;

const [path = '', from = '0'] = process.argv.slice(2);
const store = new LiveStore(new FileDisk(path), (call) => call());
const window = new DurableReplayWindow({ store, key: 'window', size: WINDOW, reserve: RESERVE });
const say = (line: string): void => void writeSync(STDOUT, `${line}\n`);

const found: number[] = [];
store.replay((record) => {
  const text = new TextDecoder().decode(record);
  const number = Number(text.split(' ')[0]);
  if (text !== recordOf(number)) say(`damaged ${text}`);
  found.push(number);
});
say(`up ${found[0] ?? -1} ${found.at(-1) ?? -1}`);
for (const [at, number] of found.entries()) {
  if (number !== (found[0] ?? 0) + at) say(`gap before ${number}`);
}

let record = (found.at(-1) ?? -1) + 1;
let offered = Number(from);
let isSyncing = false;
for (let again = Math.max(0, offered - AGAIN); again < offered; again += 1) offer(again);
turn();

function turn(): void {
  for (let count = 0; count < OFFERS_PER_TURN; count += 1) {
    say(`o ${offered}`);
    // A number that is held back now is offered again in the next turn.
    if (!offer(offered)) break;
    offered += 1;
  }
  append();
  setImmediate(turn);
}

/** True if the number was accepted or rejected. */
function offer(sequence: number): boolean {
  const verdict = window.accept(sequence);
  if (verdict === 'held') return false;
  say(`${verdict === 'fresh' ? 'a' : 'r'} ${sequence}`);
  return true;
}

function append(): void {
  if (record % KEPT_RECORDS === 0) store.truncate();
  store.append(new TextEncoder().encode(recordOf(record)));
  record += 1;
  if (isSyncing) return;
  isSyncing = true;
  const last = record - 1;
  store.sync((error) => {
    isSyncing = false;
    if (error === undefined) say(`s ${last}`);
  });
}

function recordOf(number: number): string {
  return `${number} ${'x'.repeat((number * 37) % 300)} ${number}`;
}
