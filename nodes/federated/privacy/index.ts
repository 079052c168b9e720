/**
 * Accounts of differential privacy: a library that needs no federation. What a command or another
 * program may ask for; the protocol itself uses the files of this folder.
 *
 * @module
 */
export { Accountant } from './accountant.ts';
export type { PrivacySettings } from './settings.ts';
