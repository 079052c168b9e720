/** Commands of the how-to pages that take longer than those of commands.test.ts. */
import { testCommands } from './run-commands.ts';

testCommands('long');
