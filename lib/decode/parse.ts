import { tryCatch, type Either } from 'fp-ts/Either';

import { BadJson } from '../errors';

/**
 * Parses JSON.
 *
 * @param quoted - The text that an error quotes; by default the same.
 */
export const parse = (text: string, quoted = text): Either<BadJson, unknown> =>
  tryCatch(
    () => JSON.parse(text) as unknown,
    (cause) => new BadJson(quoted, { cause }),
  );
