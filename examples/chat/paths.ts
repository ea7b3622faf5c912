import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';

/** Returns the absolute path of one that the user wrote. npm changes the folder, and keeps the user's in `INIT_CWD`. */
export const resolvePath = (path: string): string =>
  resolve(env.INIT_CWD ?? '.', path.replace(/^~(?=\/|$)/, homedir()));

/** Returns the path of a file that the program keeps between runs. */
export const statePath = (name: string): string =>
  join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'rxjs-chat-completions', name);
