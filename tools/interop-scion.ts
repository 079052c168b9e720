/**
 * Part of `npm run test:interop`: packets, and what control services sign, are exchanged with the reference implementation of SCION, the Go module
 * github.com/scionproto/scion, behind a program that translates (tools/interop/scion).
 *
 * @module
 */
import { checkControl } from './interop/scion/check-control.ts';
import { checkPackets } from './interop/scion/check-packets.ts';
import { ReferenceDriver } from './interop/scion/driver.ts';

/** Runs every check; prints a line for each. @param folder For the program; removed by the caller. */
export function checkScionReference(folder: string): boolean {
  if (!ReferenceDriver.isPossible()) {
    console.log('skip: go is not installed (https://go.dev, 1.26 or later)');
    return true;
  }
  const driver = ReferenceDriver.build(folder);
  return [checkPackets(driver), checkControl(driver)].every(Boolean);
}
