/**
 * Mixing: the strategies of a mix, behind one interface. The door for the rest of the protocol.
 *
 * @module
 */
export { type MixingOptions, mixingConfig } from './config.ts';
export { createMixing } from './create.ts';
export { type AskedDelay, MIXING_DROPS, type Mixing } from './mixing.ts';
export {
  packStopAndGo,
  STOP_AND_GO_DELAY_MS_MAX,
  unpackStopAndGo,
} from './stop-and-go-delay.ts';
