/**
 * Ports for live runs of tests: 1,500 of those from 20,000 to 31,999, others for each worker of a run of tests, so that files that
 * run at a time do not meet. A node takes 64 ports, and the largest of these networks has 17.
 *
 * @module
 */

const BLOCKS = 4;
const PORTS = 1_500;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 2;

/** The first of the ports, as a value of `topology.portBase`. */
export const PORT_BLOCK: string = String(20_000 + PORTS * (2 * (process.ppid % BLOCKS) + worker));
