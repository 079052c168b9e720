/**
 * Compares and wipes secrets, for protocols, services and scenarios; `engine/core/secrets.ts` says
 * when to use which.
 *
 * @module
 */
export { areSecretsEqual, isSecretAt, wipe, wipeRange } from '../../engine/core/secrets.ts';
