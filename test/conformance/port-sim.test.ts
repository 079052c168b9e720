/**
 * The port in virtual time.
 *
 * @module
 */
import { simPortWorld } from './port/sim-port-world.ts';
import { runPortSuite } from './port.suite.ts';

runPortSuite('sim', simPortWorld, {});
