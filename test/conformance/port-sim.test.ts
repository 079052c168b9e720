/**
 * The conformance suite of the port in virtual time.
 *
 * @module
 */
import { simDriver } from './port/drivers.ts';
import { runPortSuite } from './port.suite.ts';

runPortSuite('sim', simDriver, {});
