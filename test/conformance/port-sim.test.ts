/**
 * The port in virtual time.
 *
 * @module
 */
import { simDriver } from './port/drivers.ts';
import { runPortSuite } from './port.suite.ts';

runPortSuite('sim', simDriver, {});
