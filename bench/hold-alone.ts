/**
 * `npm run bench -- hold-alone`: workload (a) without other packages, for `npm run speed`.
 *
 * @module
 */
export { runAlone as run } from './hold.ts';

/** Name of this benchmark for `npm run bench -- hold-alone`. */
export const name = 'hold-alone';
