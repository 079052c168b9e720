/** Commands of the how-to pages about costs of this machine, which has to do nothing else meanwhile. */
import { testCommands } from './run-commands.ts';

testCommands('calibration');
