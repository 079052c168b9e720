/** Commands of the how-to pages that follow the wall clock, on sockets. */
import { testCommands } from './run-commands.ts';

testCommands('live');
