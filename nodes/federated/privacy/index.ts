/**
 * Accounts of differential privacy: a library that needs no federation. It exports what a command
 * or another program may use; the protocol imports the other files.
 *
 * @module
 */
export { PrivacyAccountant } from './accountant.ts';
export type { PrivacySettings } from './settings.ts';
