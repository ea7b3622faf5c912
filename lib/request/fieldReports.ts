import { isRecord } from '../codec/isRecord';
import type { Profile } from '../servers/Profile';

type Fields = Readonly<Record<string, unknown>>;

/** Beginning of a field that every message may have, as a profile spells it: `messages[].name`. */
const OF_MESSAGES = 'messages[].';

/** Returns the fields of a request that the server ignores. Those of a request for embeddings are not in `reads`. */
export function ignoredFields(
  fields: Fields,
  { reads, ignores = [], rejects = [] }: Profile,
): readonly string[] {
  if (reads === undefined) return ignores.filter((field) => fields[field] !== undefined);
  if (fields.messages === undefined) return [];
  const known = new Set([...reads, ...rejects]);
  return Object.keys(fields).filter((field) => fields[field] !== undefined && !known.has(field));
}

/** Returns the fields of a request that the server rejects, and that are therefore not sent. */
export const removedFields = (fields: Fields, { rejects = [] }: Partial<Profile>): readonly string[] =>
  rejects.filter((field) =>
    field.startsWith(OF_MESSAGES)
      ? messagesIn(fields).some(
          (message) => isRecord(message) && message[field.slice(OF_MESSAGES.length)] !== undefined,
        )
      : fields[field] !== undefined,
  );

/** Returns the fields of a request without those that the server rejects. */
export function accepted(fields: Fields, profile: Partial<Profile> = {}): Fields {
  const removed = removedFields(fields, profile);
  if (removed.length === 0) return fields;
  const ofMessages = removed
    .filter((field) => field.startsWith(OF_MESSAGES))
    .map((field) => field.slice(OF_MESSAGES.length));
  const sent = without(fields, removed);
  return ofMessages.length === 0
    ? sent
    : {
        ...sent,
        messages: messagesIn(fields).map((message) =>
          isRecord(message) ? without(message, ofMessages) : message,
        ),
      };
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** JavaScript allows messages that are not a list of objects; the server reports them. */
const messagesIn = ({ messages }: Fields): readonly unknown[] => (Array.isArray(messages) ? messages : []);
