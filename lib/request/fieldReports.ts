import { recordsIn } from '../codec/recordsIn';
import type { Profile } from '../servers/Profile';
import { changeMessages } from './changeMessages';
import type { Message } from './Message';

type Fields = Readonly<Record<string, unknown>>;

/** Beginning of a field that every message may have, as a profile spells it: `messages[].name`. */
const OF_MESSAGES = 'messages[].';

/** Returns the accepted fields of a request that the server ignores. Those of a request for embeddings are not in `reads`. */
export function ignoredFields(fields: Fields, { reads, ignores = [] }: Profile): readonly string[] {
  const ignored =
    reads && fields.messages !== undefined
      ? Object.keys(fields).filter((field) => !reads.includes(field))
      : ignores;
  return ignored.filter((field) => fields[field] !== undefined);
}

/** Returns the fields of a request that the server rejects, and that are therefore not sent. */
export const removedFields = (fields: Fields, { rejects = [] }: Partial<Profile>): readonly string[] =>
  rejects.filter((field) =>
    field.startsWith(OF_MESSAGES)
      ? recordsIn(fields.messages).some((message) => message[field.slice(OF_MESSAGES.length)] !== undefined)
      : fields[field] !== undefined,
  );

/** Returns the fields of a request without those that the server rejects. */
export function acceptedFields(fields: Fields, profile: Partial<Profile> = {}): Fields {
  const removed = removedFields(fields, profile);
  if (removed.length === 0) return fields;
  const ofMessages = removed
    .filter((field) => field.startsWith(OF_MESSAGES))
    .map((field) => field.slice(OF_MESSAGES.length));
  const messages = changeMessages(fields.messages as readonly Message[], (message) =>
    without(message, ofMessages),
  );
  return { ...without(fields, removed), messages };
}

const without = <T extends object>(fields: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name))) as T;
