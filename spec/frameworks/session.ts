import { answer } from '../helpers/frameworks/answer';
import { openSession } from './recipes/a-conversation-on-a-server';

/** The texts that the session has saved, the newest last. */
export const saved: string[] = [];

/** The session that the recipe of NestJS imports. */
export const session = openSession({ load: () => null, save: (text) => void saved.push(text) }, answer);
