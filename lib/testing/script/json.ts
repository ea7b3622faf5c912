import { isRecord } from '../../codec/isRecord';

/** Fields of a JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns the fields of a JSON object, and none of any other value. */
export const fieldsOf = (json: unknown): JsonObject => (isRecord(json) ? json : {});
