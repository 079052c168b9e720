/**
 * Ports for live runs of tests: 200 of those from 20,000 to 31,999, others for each worker of a run of tests, so that files that run
 * at a time do not meet.
 *
 * @module
 */

const BLOCKS = 30;
const PORTS = 200;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 2;

/** The first of the ports, as a value of `topology.portBase`. */
export const PORT_BLOCK: string = String(20_000 + PORTS * (2 * (process.ppid % BLOCKS) + worker));
