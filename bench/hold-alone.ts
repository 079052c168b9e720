/**
 * `npm run bench -- hold-alone`: workload (a) without other packages, for the gate on speeds.
 *
 * @module
 */
export { runAlone as run } from './hold.ts';

/** Name of this benchmark for `npm run bench -- hold-alone`. */
export const name = 'hold-alone';
